/** What becomes of the connection, and what Connection can't do: RFC 9112 §9, RFC 9110 §7.6.1 and §7.8. */

import { accepted, get, head, post, posted, type Entry } from "./entry.ts";

const keeps = (name: string, ...lines: readonly string[]): Entry => accepted("9112 §9.3", name, get(...lines));
const closes = (name: string, ...lines: readonly string[]): Entry =>
  accepted("9112 §9.6", name, get(...lines), {}, "closes");
const old = (name: string, after: "keeps" | "closes", ...lines: readonly string[]): Entry =>
  accepted("9112 §9.3", name, head("GET / HTTP/1.0", ...lines), { host: "", version: "HTTP/1.0" }, after);

export const persistence: readonly Entry[] = [
  keeps("HTTP/1.1 keeps the connection"),
  keeps("keep-alive", "Connection: keep-alive"),
  keeps("an unknown option", "Connection: x-option"),
  keeps("an empty value", "Connection:"),
  keeps("a word that begins like close", "Connection: closed"),
  keeps("a word that ends like close", "Connection: disclose"),
  keeps("Proxy-Connection says nothing", "Proxy-Connection: close"),
  keeps("Keep-Alive says nothing", "Keep-Alive: timeout=0, max=0"),
  closes("close", "Connection: close"),
  closes("close in another case", "cONNECTION: ClOsE"),
  closes("close in a list", "Connection: te, close"),
  closes("close in a list without blanks", "Connection: te,close,x"),
  closes("close between empty elements", "Connection: ,,close,"),
  closes("close in a second line", "Connection: keep-alive", "Connection: close"),
  closes("close wins over keep-alive", "Connection: close, keep-alive"),
  closes("close in quotes", 'Connection: "close"'),
  closes("close with a parameter", "Connection: close;q=1"),
  closes("close and a word without a comma", "Connection: close te"),
  closes("a byte above ASCII behind close", "Connection: close\xa0"),
  old("HTTP/1.0 closes", "closes"),
  old("HTTP/1.0 with keep-alive", "keeps", "Connection: keep-alive"),
  old("HTTP/1.0 with Keep-Alive in another case", "keeps", "Connection: Keep-Alive"),
  old("HTTP/1.0 with both", "closes", "Connection: keep-alive, close"),
  old("HTTP/1.0 with Proxy-Connection", "closes", "Proxy-Connection: keep-alive"),
  accepted(
    "9110 §7.6.1",
    "Connection can't take a length away",
    `${post("Connection: Content-Length", "Content-Length: 5")}hello`,
    {
      ...posted("hello"),
      environ: { CONTENT_LENGTH: "5" },
    },
  ),
  accepted(
    "9110 §7.6.1",
    "Connection can't take chunked away",
    `${post("Connection: Transfer-Encoding", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
    posted("hello"),
  ),
  accepted("9110 §7.6.1", "Connection can't take Host away", get("Connection: Host"), { host: "a" }),
  accepted("9110 §7.6.1", "Connection can't take a cookie away", get("Connection: Cookie", "Cookie: a=1"), {
    environ: { HTTP_COOKIE: "a=1" },
  }),
  accepted(
    "9110 §7.8",
    "an upgrade to HTTP/2 is not taken",
    get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
    {
      environ: { HTTP_UPGRADE: "h2c" },
    },
  ),
  accepted(
    "9110 §7.8",
    "an upgrade to HTTP/2 with content is not taken",
    `${post("Connection: Upgrade", "Upgrade: h2c", "Content-Length: 5")}hello`,
    posted("hello"),
  ),
  accepted(
    "9110 §7.8",
    "an upgrade to a WebSocket is not taken",
    get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"),
  ),
  accepted("9110 §7.8", "Upgrade without Connection", get("Upgrade: TLS/1.0, HTTP/2.0")),
];
