/** Request messages with what must come of them, and the clause that says so. Text is latin-1; LF stands for CRLF. */

export interface Message {
  readonly name: string;
  readonly text: string;
  /** 200 when it is a request. */
  readonly status: number;
}

const get = (fields: string) => `GET / HTTP/1.1\nHost: a\n${fields}\n`;

export const messages: readonly Message[] = [
  { name: "RFC 9112 §2.1: a plain request", text: "GET / HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "RFC 9112 §2.2: empty lines before it", text: "\n\nGET / HTTP/1.1\nHost: a\n\n", status: 200 },
  {
    name: "RFC 9112 §2.2: many empty lines before it",
    text: `${"\n".repeat(8)}GET / HTTP/1.1\nHost: a\n\n`,
    status: 400,
  },
  { name: "RFC 9112 §2.3: HTTP/1.0 needs no Host", text: "GET / HTTP/1.0\n\n", status: 200 },
  { name: "RFC 9112 §2.3: a later minor version", text: "GET / HTTP/1.9\nHost: a\n\n", status: 200 },
  { name: "RFC 9110 §15.6.6: another major version", text: "GET / HTTP/3.0\nHost: a\n\n", status: 505 },
  { name: "RFC 9112 §2.3: a version in lower case", text: "GET / http/1.1\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §2.3: no version (HTTP/0.9)", text: "GET /\n\n", status: 400 },
  { name: "RFC 9110 §9.1: any token is a method", text: "M-SEARCH / HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "RFC 9110 §9.1: methods are case-sensitive tokens", text: "get / HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "RFC 9110 §5.6.2: a method that is no token", text: "G(T / HTTP/1.1\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3: two spaces in the request line", text: "GET  / HTTP/1.1\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3: a tab in the request line", text: "GET\t/ HTTP/1.1\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3: a space at the end of the request line", text: "GET / HTTP/1.1 \nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3.2: bytes above ASCII in the target", text: "GET /caf\xe9 HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "RFC 9112 §3.2: NUL in the target", text: "GET /\0 HTTP/1.1\nHost: a\n\n", status: 400 },
  {
    name: "RFC 9112 §3: a very long request line",
    text: `GET /${"a".repeat(9000)} HTTP/1.1\nHost: a\n\n`,
    status: 414,
  },
  { name: "RFC 9112 §3.2: no Host", text: "GET / HTTP/1.1\n\n", status: 400 },
  { name: "RFC 9112 §3.2: two Hosts", text: "GET / HTTP/1.1\nHost: a\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3.2: an empty Host", text: "GET / HTTP/1.1\nHost:\n\n", status: 200 },
  { name: "RFC 9112 §3.2: Host with a port", text: "GET / HTTP/1.1\nHost: a:80\n\n", status: 200 },
  { name: "RFC 9112 §3.2: Host is an IPv6 address", text: "GET / HTTP/1.1\nHost: [::1]:80\n\n", status: 200 },
  { name: "RFC 9110 §4.2.4: user information in Host", text: "GET / HTTP/1.1\nHost: u@a\n\n", status: 400 },
  { name: "RFC 9112 §3.2: a path in Host", text: "GET / HTTP/1.1\nHost: a/b\n\n", status: 400 },
  { name: "RFC 9112 §3.2: a space in Host", text: "GET / HTTP/1.1\nHost: a b\n\n", status: 400 },
  { name: "RFC 9112 §5.1: a space before the colon", text: get("X : 1\n"), status: 400 },
  { name: "RFC 9112 §5.2: a folded line", text: get("X: 1\n  2\n"), status: 400 },
  { name: "RFC 9112 §5: a line without a colon", text: get("X\n"), status: 400 },
  { name: "RFC 9112 §5: an empty name", text: get(": 1\n"), status: 400 },
  { name: "RFC 9110 §5.5: NUL in a value", text: get("X: a\0b\n"), status: 400 },
  { name: "RFC 9110 §5.5: DEL in a value", text: get("X: a\x7fb\n"), status: 400 },
  { name: "RFC 9110 §5.5: a tab in a value", text: get("X: a\tb\n"), status: 200 },
  { name: "RFC 9110 §5.5: bytes above ASCII in a value", text: get("X: caf\xe9\n"), status: 200 },
  { name: "RFC 9112 §2.2: a bare CR in a value", text: "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", status: 400 },
  { name: "RFC 9112 §2.2: a bare LF in the head", text: "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", status: 400 },
  { name: "RFC 9112 §2.2: only bare LFs", text: "GET / HTTP/1.1\nHost: a\n\n ", status: 400 },
  { name: "limits: a very long field", text: get(`X: ${"a".repeat(9000)}\n`), status: 400 },
  { name: "limits: more than 100 fields", text: get("X: 1\n".repeat(101)), status: 400 },
  { name: "RFC 9112 §6.2: a length", text: "POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc", status: 200 },
  { name: "RFC 9112 §6.3: two equal lengths", text: get("Content-Length: 0\nContent-Length: 0\n"), status: 400 },
  { name: "RFC 9112 §6.3: a list of lengths", text: get("Content-Length: 0, 0\n"), status: 400 },
  { name: "RFC 9112 §6.2: a signed length", text: get("Content-Length: +1\n"), status: 400 },
  { name: "RFC 9112 §6.2: a hexadecimal length", text: get("Content-Length: 0x1\n"), status: 400 },
  { name: "RFC 9112 §6.2: an empty length", text: get("Content-Length:\n"), status: 400 },
  { name: "RFC 9112 §6.2: an enormous length", text: get("Content-Length: 99999999999999999999\n"), status: 400 },
  {
    name: "RFC 9112 §6.3: length and coding",
    text: get("Content-Length: 0\nTransfer-Encoding: chunked\n"),
    status: 400,
  },
  { name: "RFC 9112 §6.1: another coding", text: get("Transfer-Encoding: gzip, chunked\n"), status: 400 },
  { name: "RFC 9112 §6.1: identity", text: get("Transfer-Encoding: identity\n"), status: 400 },
  { name: "RFC 9112 §6.1: a list with an empty element", text: get("Transfer-Encoding: ,chunked\n"), status: 400 },
  {
    name: "RFC 9112 §6.1: chunked twice",
    text: get("Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n"),
    status: 400,
  },
  {
    name: "RFC 9112 §6.1: a coding in HTTP/1.0",
    text: "GET / HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n",
    status: 400,
  },
  { name: "RFC 9112 §7.1: a chunked body", text: get("Transfer-Encoding: chunked\n") + "3\nabc\n0\n\n", status: 200 },
  {
    name: "RFC 9112 §7.1.1: a chunk extension",
    text: get("Transfer-Encoding: chunked\n") + "3;a=b\nabc\n0\n\n",
    status: 200,
  },
  {
    name: "RFC 9112 §7.1.2: trailers",
    text: get("Transfer-Encoding: chunked\n") + "1\na\n0\nX: 1\nY: 2\n\n",
    status: 200,
  },
  {
    name: "RFC 9112 §7.1: a chunk size that is no number",
    text: get("Transfer-Encoding: chunked\n") + "g\n",
    status: 400,
  },
  { name: "RFC 9112 §7.1: a signed chunk size", text: get("Transfer-Encoding: chunked\n") + "-1\n", status: 400 },
  {
    name: "RFC 9112 §7.1: a blank before the chunk size",
    text: get("Transfer-Encoding: chunked\n") + " 1\na\n",
    status: 400,
  },
  {
    name: "RFC 9112 §7.1: a blank after the chunk size",
    text: get("Transfer-Encoding: chunked\n") + "1 \na\n",
    status: 400,
  },
  {
    name: "RFC 9112 §7.1: an enormous chunk size",
    text: get("Transfer-Encoding: chunked\n") + "fffffffffffffffff\n",
    status: 400,
  },
  {
    name: "RFC 9112 §7.1: a chunk longer than its size",
    text: get("Transfer-Encoding: chunked\n") + "1\nab\n",
    status: 400,
  },
  { name: "RFC 9110 §10.1.1: an unknown expectation", text: get("Expect: tea\n"), status: 417 },
  { name: "RFC 9110 §7.6.1: Connection with several options", text: get("Connection: te, close\n"), status: 200 },
  { name: "RFC 9112 §3.2.2: an absolute target", text: "GET http://b/x HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "RFC 9112 §3.2.3: an authority as target", text: "CONNECT a:443 HTTP/1.1\nHost: a\n\n", status: 400 },
  { name: "RFC 9112 §3.2.4: asterisk", text: "OPTIONS * HTTP/1.1\nHost: a\n\n", status: 200 },
  { name: "not HTTP: a TLS ClientHello", text: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc", status: 400 },
];

/** The bytes of a message: LF written for CRLF, unless the text has CRs of its own or is about bare LFs. */
export function bytesOf({ name, text }: Message): Buffer {
  const raw = name.includes("bare") || text.includes("\r");
  return Buffer.from(raw ? text : text.replaceAll("\n", "\r\n"), "latin1");
}
