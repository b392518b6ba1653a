/** Transfer-Encoding, alone and with Content-Length: RFC 9112 §6.1 and §6.3, RFC 9110 §5.6.1. */

import { accepted, head, post, posted, refused, type Entry } from "./entry.ts";

/** A chunked body of five bytes. */
const BODY = "5\r\nhello\r\n0\r\n\r\n";
const good = (clause: string, name: string, ...lines: readonly string[]): Entry =>
  accepted(clause, name, post(...lines) + BODY, posted("hello"));
const bad = (name: string, line: string, status = 400): Entry =>
  refused("9112 §6.1", name, post(`Transfer-Encoding:${line}`) + BODY, status);
/** The two lengths say different things: what one leaves over is a request for the other. */
const both = (name: string, ...lines: readonly string[]): Entry => refused("9112 §6.3", name, post(...lines) + BODY);
const LENGTH = "Content-Length: 4";

export const transferEncodings: readonly Entry[] = [
  good("9112 §7.1", "chunked", "Transfer-Encoding: chunked"),
  good("9112 §7", "chunked in another case", "Transfer-Encoding: ChUnKeD"),
  good("9110 §5.1", "the name in another case", "tRANSFER-eNCODING: chunked"),
  good("9112 §5", "blanks around it", "Transfer-Encoding: \t chunked \t"),
  good("9112 §5", "no blank before it", "Transfer-Encoding:chunked"),
  accepted("9112 §6.1", "chunked and no content", post("Transfer-Encoding: chunked") + "0\r\n\r\n", posted()),
  bad("another coding", " gzip"),
  bad("another coding before chunked", " gzip, chunked", 501),
  bad("another coding with a parameter before chunked", ' x;a="b", chunked', 501),
  bad("another coding behind chunked", " chunked, gzip"),
  bad("identity", " identity"),
  bad("identity before chunked", " identity, chunked", 501),
  bad("identity behind chunked", " chunked, identity"),
  bad("chunked twice", " chunked, chunked"),
  bad("a name that ends the same", " xchunked"),
  bad("a name that begins the same", " chunkedx"),
  bad("a name with a hyphen", " x-chunked"),
  bad("half a name", " chunk"),
  bad("a letter short", " chunke"),
  bad("an empty value", ""),
  bad("a value of blanks", " \t "),
  bad("a comma before it", " ,chunked"),
  bad("a comma behind it", " chunked,"),
  bad("a parameter", " chunked;q=1"),
  bad("an empty parameter", " chunked;"),
  bad("quotes", ' "chunked"'),
  bad("apostrophes", " 'chunked'"),
  bad("brackets", " [chunked]"),
  bad("a blank inside", " chun ked"),
  bad("a word before it", " x chunked"),
  bad("a word behind it", " chunked x"),
  bad("a colon before it", " : chunked"),
  bad("a second name inside the value", " Transfer-Encoding: chunked"),
  bad("a vertical tab before it", "\x0bchunked"),
  bad("a vertical tab behind it", " chunked\x0b"),
  bad("a form feed before it", " \x0cchunked"),
  bad("NUL behind it", " chunked\0"),
  bad("a no-break space behind it", " chunked\xa0"),
  bad("a byte above ASCII before it", " \xffchunked"),
  bad("NEL before it", " \x85chunked"),
  bad("a bare CR before it", " \rchunked"),
  bad("a bare LF before it", " \nchunked"),
  bad("a bare CR behind it", " chunked\r"),
  bad("a fold before it", "\r\n chunked"),
  bad("a fold inside", " chun\r\n ked"),
  bad("a fold behind it", " chunked\r\n "),
  both("with a length", LENGTH, "Transfer-Encoding: chunked"),
  both("with a length behind it", "Transfer-Encoding: chunked", LENGTH),
  both("with a length of zero", "Content-Length: 0", "Transfer-Encoding: chunked"),
  both("with a length, in another case", LENGTH, "transfer-encoding: Chunked"),
  both("with a length and a space before the colon", LENGTH, "Transfer-Encoding : chunked"),
  both("with a length and a tab before the colon", LENGTH, "Transfer-Encoding\t: chunked"),
  both("with a length and a space before the name", LENGTH, " Transfer-Encoding: chunked"),
  both("with a length and another coding", LENGTH, "Transfer-Encoding: xchunked"),
  both("with a length and identity", LENGTH, "Transfer-Encoding: identity"),
  both("with a length and an empty value", LENGTH, "Transfer-Encoding:"),
  both("with a length behind a bare LF", `X: 1\n${LENGTH}`, "Transfer-Encoding: chunked"),
  both("behind a bare LF, with a length", LENGTH, "X: 1\nTransfer-Encoding: chunked"),
  both("behind a bare CR, with a length", LENGTH, "X: 1\rTransfer-Encoding: chunked"),
  both("with a length, announced as hop-by-hop", "Connection: Transfer-Encoding", LENGTH, "Transfer-Encoding: chunked"),
  both("two lines, both chunked", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
  both("two lines, the second one another", "Transfer-Encoding: chunked", "Transfer-Encoding: x"),
  both("two lines, the first one another", "Transfer-Encoding: x", "Transfer-Encoding: chunked"),
  both("two lines, the second one identity", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
  both("two lines, the first one empty", "Transfer-Encoding:", "Transfer-Encoding: chunked"),
  both("two lines in different case", "Transfer-Encoding: chunked", "TRANSFER-ENCODING: x"),
  refused("9112 §6.1", "from HTTP/1.0", head("POST / HTTP/1.0", "Transfer-Encoding: chunked") + BODY),
  refused(
    "9112 §6.1",
    "from HTTP/1.0 that keeps the connection",
    head("POST / HTTP/1.0", "Connection: keep-alive", "Transfer-Encoding: chunked") + BODY,
  ),
  refused(
    "9112 §6.1",
    "from HTTP/1.0 with a length",
    head("POST / HTTP/1.0", LENGTH, "Transfer-Encoding: chunked") + BODY,
  ),
  accepted(
    "9110 §10.1.4",
    "TE is no Transfer-Encoding",
    head("GET / HTTP/1.1", "Host: a", "Connection: TE", "TE: chunked, trailers"),
    {
      environ: { HTTP_TE: "chunked, trailers" },
    },
  ),
  accepted(
    "9110 §5.1",
    "a field name that begins the same",
    head("GET / HTTP/1.1", "Host: a", "Transfer-Encoding-X: chunked"),
  ),
  accepted(
    "9110 §5.1",
    "a field name that ends the same",
    head("GET / HTTP/1.1", "Host: a", "X-Transfer-Encoding: chunked"),
  ),
  accepted("9110 §5.1", "a name without its hyphen", head("GET / HTTP/1.1", "Host: a", "TransferEncoding: chunked")),
];
