/** The trailer section of a chunked body: RFC 9112 §7.1.2, RFC 9110 §6.5. */

import { accepted, chunked, posted, refused, unfinished, type Entry } from "./entry.ts";

const section = (...lines: readonly string[]): string =>
  chunked(`5\r\nhello\r\n0\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`);
const good = (clause: string, name: string, ...lines: readonly string[]): Entry =>
  accepted(clause, name, section(...lines), posted("hello"));
const bad = (clause: string, name: string, ...lines: readonly string[]): Entry =>
  refused(clause, name, section(...lines));

export const trailers: readonly Entry[] = [
  good("9112 §7.1.2", "a trailer field", "X: 1"),
  good("9112 §7.1.2", "several trailer fields", "X: 1", "Y:2", "Z:"),
  good("9110 §5.5", "bytes above ASCII and tabs in a value", "X: caf\xe9\t1"),
  accepted("9110 §6.5.1", "a trailer field is no header field", section("X: 1"), {
    ...posted("hello"),
    environ: { HTTP_X: undefined },
  }),
  accepted("9110 §6.5.1", "Host in a trailer changes nothing", section("Host: b"), { ...posted("hello"), host: "a" }),
  good("9110 §6.5.1", "a length in a trailer changes nothing", "Content-Length: 100"),
  good("9110 §6.5.1", "a coding in a trailer changes nothing", "Transfer-Encoding: chunked"),
  good("9110 §6.5.1", "Connection in a trailer changes nothing", "Connection: close"),
  accepted("9110 §6.5.1", "a user in a trailer is nobody", section("Authorization: Basic eDp5"), {
    ...posted("hello"),
    environ: { HTTP_AUTHORIZATION: undefined },
  }),
  bad("9112 §7.1.2", "a request in the place of a trailer field", "GET /lure HTTP/1.1", "Host: a"),
  bad("9112 §5", "no colon", "X"),
  bad("9112 §5", "an empty name", ": 1"),
  bad("9112 §5.1", "a space before the colon", "X : 1"),
  bad("9112 §5.1", "a space inside a name", "X Y: 1"),
  bad("9112 §5.1", "NUL in a name", "X\0: 1"),
  bad("9112 §5.1", "a byte above ASCII in a name", "X\xe9: 1"),
  bad("9112 §5.2", "a folded line", "X: 1", " 2"),
  bad("9112 §5.2", "a folded line at the start", " X: 1"),
  bad("9110 §5.5", "NUL in a value", "X: \0"),
  bad("9110 §5.5", "DEL in a value", "X: \x7f"),
  bad("9112 §2.2", "a bare LF in a value", "X: 1\nY: 2"),
  bad("9112 §2.2", "a bare CR in a value", "X: 1\rY: 2"),
  refused("9112 §2.2", "bare LFs end the section", chunked("5\r\nhello\r\n0\r\nX: 1\n\n")),
  bad("limits", "more than 8 KiB of trailer fields", `X: ${"a".repeat(5000)}`, `Y: ${"a".repeat(5000)}`),
  unfinished("9112 §8", "no empty line behind the trailer fields", chunked("5\r\nhello\r\n0\r\nX: 1\r\n")),
];
