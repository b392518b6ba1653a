/** Requests one behind the other: RFC 9112 §9.3.2. */

import { at, chunked, get, head, post, posted, several, target, type Entry } from "./entry.ts";

export const pipelines: readonly Entry[] = [
  several("9112 §9.3.2", "two", target("/1") + target("/2"), [at("/1"), at("/2")]),
  several("9112 §9.3.2", "twice the same", get() + get(), [{}, {}]),
  several("9112 §9.3.2", "the same fields, another target", get("X: 1") + get("X: 1").replace("GET /", "GET /2"), [
    { environ: { HTTP_X: "1" } },
    { ...at("/2"), environ: { HTTP_X: "1" } },
  ]),
  several(
    "9112 §9.3.2",
    "the same fields, another version",
    head("GET / HTTP/1.1", "Host: a", "Connection: keep-alive") +
      head("GET / HTTP/1.0", "Host: a", "Connection: keep-alive"),
    [{}, { version: "HTTP/1.0" }],
  ),
  several("9112 §9.3.2", "an absolute target, then the same fields", target("http://b/") + get(), [
    { target: "http://b/", host: "b" },
    {},
  ]),
  several(
    "9112 §9.3.2",
    "a length, a chunked body, none",
    `${post("Content-Length: 3")}one${chunked("3\r\ntwo\r\n0\r\n\r\n")}${post()}`,
    [posted("one"), posted("two"), posted()],
  ),
  several("9112 §2.2", "an empty line between", `${post("Content-Length: 3")}one\r\n${get()}`, [posted("one"), {}]),
  several(
    "9112 §9.3.2",
    "a hundred",
    target("/n").repeat(100),
    Array.from({ length: 100 }, () => at("/n")),
  ),
  several("9112 §9.6", "close, then another", get("Connection: close") + target("/never"), [{}], "closes"),
  several(
    "9112 §9.3",
    "HTTP/1.0, then another",
    head("GET / HTTP/1.0", "Host: a") + target("/never"),
    [{ version: "HTTP/1.0" }],
    "closes",
  ),
  several(
    "9112 §6.3",
    "less content than was sent, and the rest is no request",
    `${post("Content-Length: 3")}hello\r\n`,
    [posted("hel")],
    400,
  ),
  several("9112 §6.3", "a length of zero, and content that is a request", post("Content-Length: 0") + target("/own"), [
    posted(),
    at("/own"),
  ]),
  several("9112 §6.3", "a chunked body, and content that is a request", chunked("0\r\n\r\n") + target("/own"), [
    posted(),
    at("/own"),
  ]),
  several("9112 §6.3", "no length, and content that is none", `${post()}x=1`, [posted()], "waits"),
  several("9112 §9.3.2", "a good one, a bad one, a good one", `${get()}${get("X : 1")}${get()}`, [{}], 400),
  several("9112 §9.3.2", "a good one, a bad body, a good one", `${get()}${chunked("x\r\n")}${get()}`, [{}], 400),
  several("9112 §9.3.2", "a good one and half a one", `${get()}GET /half HTTP/1.1\r\n`, [{}], "waits"),
];
