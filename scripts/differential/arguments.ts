/** Why Malt answers as it does where Apache answers otherwise. The first reason that fits a difference is its reason. */

import type { Entry } from "../../tests/http/h1/corpus/entry.ts";

interface Reason {
  readonly why: string;
  readonly subject?: string;
  /** Names of entries. */
  readonly names?: RegExp;
  /** What Apache does, in the words of difference.ts. */
  readonly apache?: RegExp;
}

const reasons: readonly Reason[] = [
  {
    names: /eight empty lines/,
    why: "One empty line is to be ignored; more than a few of them are no client's mistake.",
  },
  { names: /no-break space behind the target|request of HTTP\/0\.9/, why: "HTTP/0.9 has no framing and no clients." },
  {
    names: /^a request line$|half a one/,
    why: "The client has closed before its head was complete: there is nothing to answer, and nobody who asked.",
  },
  { names: /minor version/, why: "A version is treated as the highest minor one known, and that is what was spoken." },
  {
    names: /^HTTP\/\d\.\d|preface of HTTP\/2/,
    subject: "Version",
    why: "A major version that isn't spoken is 505; answering HTTP/2.0 in HTTP/1.1 serves no client.",
  },
  {
    names: /^TRACE/,
    why: "TRACE shows cookies and credentials to scripts. Its content is read over, so that the connection stays in step.",
  },
  {
    names: /^an escaped (slash|NUL)/,
    why: "The same answer; Malt refuses it with the head and so closes, which costs such a client a new connection.",
  },
  { names: /question mark for the slash/, why: "No form of a request target begins with a question mark." },
  {
    names: /scheme in upper case/,
    why: "The application sees what was sent; routing compares without regard to case.",
  },
  {
    names: /from HTTP\/1\.0 without Host/,
    why: "The host is the one in the target, in any version; the application needs it as much as with HTTP/1.1.",
  },
  {
    names: /does not hide a bad Host/,
    why: "A bad Host is 400, whatever the target says: somebody else may have read it.",
  },
  { names: /without an authority/, why: "An http URL with an empty host is invalid and must be rejected." },
  {
    names: /https target/,
    why: "What is asked for with TLS must not be answered without, unless a trusted gateway asks; those send paths.",
  },
  {
    names: /asterisk with GET/,
    why: "The same answer, after which the connection may go on: its framing is not in doubt.",
  },
  {
    names: /^CONNECT/,
    why: "A 200 of the application would turn the connection into a tunnel for everybody but this server.",
  },
  {
    names: /empty port|^an empty value$/,
    subject: "Host",
    why: "The grammar allows it, and a client without a name for the server has to send an empty Host.",
  },
  { names: /port of ten digits/, why: "It wraps to 80 for those who count in 32 bits, and is no port for anybody." },
  { names: /port that no socket has/, why: "Apache refuses it in Host, and takes it here." },
  { names: /empty label at the start/, why: "No name has an empty label but the root, behind the last dot." },
  {
    names: /too large a number|in hexadecimal/,
    why: "A number that is no address to us is one to somebody else.",
  },
  { names: /cookies/, why: "Cookies have a separator of their own; joined by a comma they can't be told apart." },
  {
    names: /fold/,
    why: "A folded line is one field, or two, or none, depending on the server; a server may refuse it, and Malt does.",
  },
  {
    names: /one that begins with a space/,
    why: "To Apache it continues the field before it; to those who trim names it is a Content-Length.",
  },
  {
    subject: "Content-Length",
    apache: /^500/,
    why: "The request was never complete, which is the client's doing; the application's failure to read it is no news.",
  },
  {
    names: /chunked twice|a comma before it|^two lines/,
    subject: "Transfer-Encoding",
    why: "Refused by both. 501 is for codings that could be understood; a length that can't be told is 400.",
  },
  {
    names: /^with a length/,
    subject: "Transfer-Encoding",
    why: "Both lengths at once are how requests are smuggled; a server may refuse them, and Malt does.",
  },
  {
    names: /^from HTTP\/1\.0/,
    subject: "Transfer-Encoding",
    why: "An HTTP/1.0 client or proxy doesn't know chunked: the framing is faulty, and keeping the connection a risk.",
  },
  {
    names: /and nothing behind the size/,
    why: "The grammar has blanks before a semicolon only; some count them as part of the size.",
  },
  {
    names: /(32|64) bits|highest bit/,
    subject: "Chunked bodies",
    why: "Refused by both. No such chunk exists, so it is malformed rather than too large.",
  },
  {
    names: /extension/,
    subject: "Chunked bodies",
    apache: /^200/,
    why: "A kilobyte for each byte of data is work for nothing; recipients ought to limit extensions.",
  },
  {
    apache: /^500/,
    why: "Refused by both. With Apache the application's read fails, and what it makes of that is the answer.",
  },
  { names: /8 KiB of trailer fields/, why: "Trailer fields are dropped: reading more of them is work for nothing." },
  { names: /100-continue (twice|in a list)/, why: "Expect is a list, and each element of it can be met." },
  {
    names: /8191 bytes/,
    why: "The limit is 8190 bytes by the documentation of both; Apache takes one more.",
  },
  {
    names: /head of more than 256 KiB/,
    why: "Enough for 32 of the longest fields; it bounds what a client may have us keep.",
  },
];

/** The reason for a difference; undefined when nobody has thought of one. */
export function reasonFor(subject: string, { name }: Entry, apache: string): string | undefined {
  return reasons.find(
    (reason) =>
      (reason.subject ?? subject) === subject &&
      (reason.names?.test(name) ?? true) &&
      (reason.apache?.test(apache) ?? true),
  )?.why;
}
