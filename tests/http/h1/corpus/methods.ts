/** Methods, and what content means to each: RFC 9110 §9, RFC 9112 §3.1 and §6. */

import { accepted, chunked, get, head, refused, type Entry, type Taken } from "./entry.ts";

const by = (method: string, ...fields: readonly string[]): string => head(`${method} / HTTP/1.1`, "Host: a", ...fields);
const empty = (method: string): Entry => accepted("9110 §9.1", `${method} is a method`, by(method), { method });
/** A body that looks like a request: it must be read as a body. */
const LURE = "GET /lure HTTP/1.1\r\nHost: a\r\n\r\n";
const lured = (method: string, request: Partial<Taken> = {}): Entry =>
  accepted(
    "9112 §6.3",
    `${method} with content that looks like a request`,
    by(method, `Content-Length: ${LURE.length}`) + LURE,
    {
      method,
      body: LURE,
      ...request,
    },
  );

export const methods: readonly Entry[] = [
  ...["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "QUERY", "M-SEARCH", "BREW"].map(empty),
  accepted("9110 §9.1", "methods are case-sensitive", by("get"), { method: "get" }),
  accepted("9110 §9.1", "every token is a method", by("!#$%&'*+-.^_`|~0A"), { method: "!#$%&'*+-.^_`|~0A" }),
  accepted("9110 §9.1", "a method of 100 letters", by("M".repeat(100)), { method: "M".repeat(100) }),
  ...["(", ")", "<", ">", "@", ",", ";", ":", "\\", '"', "/", "[", "]", "?", "=", "{", "}"].map((character) =>
    refused("9110 §5.6.2", `${character} in a method`, by(`GE${character}T`)),
  ),
  refused("9110 §5.6.2", "NUL in a method", by("GE\0T")),
  refused("9110 §5.6.2", "DEL in a method", by("GE\x7fT")),
  refused("9110 §5.6.2", "a byte above ASCII in a method", by("GE\xc9T")),
  refused("9110 §5.6.2", "an empty method", head(" / HTTP/1.1", "Host: a")),
  accepted("9110 §9.3.8", "TRACE", by("TRACE"), { method: "TRACE", status: 405 }),
  lured("GET"),
  lured("HEAD"),
  lured("DELETE"),
  lured("OPTIONS"),
  lured("FOO"),
  lured("TRACE", { status: 405 }),
  accepted(
    "9112 §6.3",
    "GET with chunked content that looks like a request",
    get("Transfer-Encoding: chunked") + `${LURE.length.toString(16)}\r\n${LURE}\r\n0\r\n\r\n`,
    { body: LURE },
  ),
  accepted("9112 §6.3", "HEAD with chunked content", by("HEAD", "Transfer-Encoding: chunked") + "1\r\nx\r\n0\r\n\r\n", {
    method: "HEAD",
    body: "x",
  }),
  accepted("9112 §6.3", "POST without a length has no content", by("POST"), { method: "POST" }),
  accepted("9110 §14.2", "Range does not touch the framing", get("Range: bytes=0-0"), {
    environ: { HTTP_RANGE: "bytes=0-0" },
  }),
  accepted(
    "9110 §14.5",
    "Content-Range of a PUT does not touch the framing",
    by("PUT", "Content-Range: bytes 0-9/10", "Content-Length: 1") + "x",
    {
      method: "PUT",
      body: "x",
    },
  ),
  accepted(
    "9110 §13.1",
    "a condition does not touch the framing",
    get('If-None-Match: "x"', "Content-Length: 1") + "x",
    {
      body: "x",
    },
  ),
  accepted("9110 §9.1", "an override is the application's business", get("X-HTTP-Method-Override: DELETE"), {
    environ: { HTTP_X_HTTP_METHOD_OVERRIDE: "DELETE" },
  }),
  accepted(
    "9110 §8.4",
    "a content coding is no framing",
    `${chunked("1\r\nx\r\n0\r\n\r\n").replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n")}`,
    {
      method: "POST",
      body: "x",
      environ: { HTTP_CONTENT_ENCODING: "gzip" },
    },
  ),
];
