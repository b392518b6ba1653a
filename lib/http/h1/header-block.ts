/**
 * The field lines of a request head (RFC 9112 §5), checked, and everything that follows from them alone: framing,
 * persistence, host and the CGI variables. Pure.
 *
 * A client mostly repeats its header block byte for byte on one connection, so that a block is made to be kept: it
 * depends on nothing but the text and the protocol version.
 */

import { parseAuthority } from "../authority.ts";
import type { Field } from "../exchange.ts";
import { FieldVariables, nameRule } from "../field-variables.ts";
import { CONTROL, LENGTH, listOf, MAX_FIELDS, MAX_LINE_BYTES, TOKEN, trim, type Refusal } from "../syntax.ts";

export interface HeaderBlock {
  readonly fields: readonly Field[];
  /** NUL-separated CGI pairs with a leading NUL: HTTP_*, CONTENT_TYPE, CONTENT_LENGTH. */
  readonly environ: string;
  /** Host without port and trailing dot, lower case; "" when there was none. */
  readonly hostName: string;
  /** The port written in Host; "" when there was none. */
  readonly hostPort: string;
  /** -1 when there is no Content-Length. */
  readonly contentLength: number;
  readonly chunked: boolean;
  /** The client is willing to keep the connection. */
  readonly persistent: boolean;
  /** The client said so: HTTP/1.0 clients, and those to be told about the timeout. */
  readonly saidKeepAlive: boolean;
  readonly expectsContinue: boolean;
}

/**
 * Parses the field lines of `text` from `start` up to `end`, the offset of the CRLF that ends the last line.
 * `start` > `end` means that there are none.
 */
export function parseHeaderBlock(
  text: string,
  start: number,
  end: number,
  version: "HTTP/1.0" | "HTTP/1.1",
): HeaderBlock | Refusal {
  const fields: Field[] = [];
  const variables = new FieldVariables();
  let host: string | null = null;
  let contentLength = -1;
  let transferEncoding: string | null = null;
  let connection = "";
  let expect = "";
  for (let at = start; at < end;) {
    let lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0 || lineEnd > end) lineEnd = end;
    if (lineEnd - at > MAX_LINE_BYTES) return refuse("a header field is longer than 8190 bytes");
    if (fields.length === MAX_FIELDS) return refuse("there are more than 100 header fields");
    const colon = text.indexOf(":", at);
    if (colon < 0 || colon >= lineEnd) return refuse("a header line has no colon");
    const name = text.slice(at, colon);
    // A name that is no token also is one with a space before the colon, and a folded line (RFC 9112 §5.1, §5.2).
    const rule = nameRule(name);
    if (rule === null) return refuse("a header field name is not a token");
    const value = trim(text, colon + 1, lineEnd);
    if (CONTROL.test(value)) return refuse("a header field has control characters");
    fields.push([name, value]);
    switch (rule.lower) {
      case "host":
        if (host !== null) return refuse("there is more than one Host");
        host = value;
        break;
      case "content-length":
        if (contentLength >= 0) return refuse("there is more than one Content-Length");
        if (!LENGTH.test(value)) return refuse("Content-Length is not a number");
        contentLength = Number(value);
        break;
      case "transfer-encoding":
        if (transferEncoding !== null) return refuse("there is more than one Transfer-Encoding");
        transferEncoding = value.toLowerCase();
        break;
      case "connection":
        connection += `,${value.toLowerCase()}`;
        break;
      case "expect":
        expect += `,${value.toLowerCase()}`;
        break;
      default:
    }
    variables.add(rule, value);
    at = lineEnd + 2;
  }
  if (transferEncoding !== null) {
    if (transferEncoding !== "chunked") return refuseCodings(transferEncoding);
    // RFC 9112 §6.1, §6.3: both at once, or from HTTP/1.0, is how requests are smuggled.
    if (contentLength >= 0) return refuse("there are both Content-Length and Transfer-Encoding");
    if (version === "HTTP/1.0") return refuse("HTTP/1.0 has no Transfer-Encoding");
  }
  // RFC 9112 §3.2: only HTTP/1.0 may do without.
  const authority = parseAuthority(host ?? (version === "HTTP/1.0" ? "" : NO_HOST));
  if (authority === null) return refuse("Host is missing or malformed");
  const expectations = listOf(expect);
  if (expectations.some((expectation) => expectation !== "100-continue")) {
    return { status: 417, why: "the only expectation met is 100-continue" };
  }
  const options = listOf(connection);
  const saidKeepAlive = options.includes("keep-alive");
  // RFC 9110 §10.1.1: who expects 100 has a body to send. If we see none, somebody may, and it must not become a request.
  const contradicts = expectations.length > 0 && transferEncoding === null && contentLength <= 0;
  return {
    fields,
    environ: variables.text,
    hostName: authority.name,
    hostPort: authority.port,
    contentLength,
    chunked: transferEncoding !== null,
    persistent: !mayMeanClose(options) && !contradicts && (version === "HTTP/1.1" || saidKeepAlive),
    saidKeepAlive,
    // RFC 9110 §10.1.1: an HTTP/1.0 client can't have meant it.
    expectsContinue: expectations.length > 0 && version === "HTTP/1.1",
  };
}

/** The block as if `text` were its Host. */
export function withHost(block: HeaderBlock, text: string): HeaderBlock | Refusal {
  const authority = parseAuthority(text);
  if (authority === null) return refuse("the authority of the request target is malformed");
  const others = block.environ.replace(/\0HTTP_HOST\0[^\0]*/, "");
  return {
    ...block,
    hostName: authority.name,
    hostPort: authority.port,
    environ: `${others}\0HTTP_HOST\0${text}`,
  };
}

/** Malformed as a Host. */
const NO_HOST = "/";

/** What is no connection option (RFC 9110 §7.6.1) may be "close" for somebody else. */
function mayMeanClose(options: readonly string[]): boolean {
  return options.some((option) => option === "close" || !TOKEN.test(option));
}

/**
 * RFC 9112 §6.1: codings that aren't known are 501 where the length could be told, because chunked is the last one. All
 * else is 400, also ",chunked" and the like, which are chunked to some servers and nothing at all to others.
 */
function refuseCodings(codings: string): Refusal {
  return /^(?:(?!chunked\b)[!#$%&'*+.^_`|~0-9a-z-][^,]*,[ \t]*)+chunked$/.test(codings)
    ? { status: 501, why: "the only transfer coding taken is chunked" }
    : refuse("Transfer-Encoding is something else than chunked");
}

function refuse(why: string): Refusal {
  return { status: 400, why };
}
