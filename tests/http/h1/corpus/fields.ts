/** The syntax of field lines: RFC 9112 §5, RFC 9110 §5, and how fields become variables. */

import { accepted, get, head, refused, type Entry } from "./entry.ts";

const value = (clause: string, name: string, text: string, seen: string): Entry =>
  accepted(clause, name, get(`X:${text}`), { environ: { HTTP_X: seen } });
const badName = (character: string, name: string): Entry =>
  refused("9112 §5.1", `${name} in a name`, get(`X${character}Y: 1`));
const badValue = (character: string, name: string): Entry =>
  refused("9110 §5.5", `${name} in a value`, get(`X: a${character}b`));

export const fields: readonly Entry[] = [
  value("9112 §5.1", "a value", " a", "a"),
  value("9112 §5.1", "no blank behind the colon", "a", "a"),
  value("9112 §5.1", "an empty value", "", ""),
  value("9112 §5.1", "a value of blanks", " \t ", ""),
  value("9112 §5.1", "blanks around a value", " \t a b \t", "a b"),
  value("9110 §5.5", "a tab in a value", " a\tb", "a\tb"),
  value("9110 §5.5", "colons in a value", " a: b:", "a: b:"),
  value("9110 §5.5", "quotes in a value", ' "a, \\" b"', '"a, \\" b"'),
  value("9110 §5.5", "bytes above ASCII in a value", " caf\xe9 \xff", "caf\xe9 \xff"),
  value("9110 §5.5", "a no-break space is no blank", " \xa0a\xa0", "\xa0a\xa0"),
  value("9110 §5.5", "NEL is no line end", " a\x85b", "a\x85b"),
  accepted("9110 §5.1", "names in any case", get("x-MiXeD: 1"), { environ: { HTTP_X_MIXED: "1" } }),
  accepted("9110 §5.6.2", "every token is a name", get("!#$%&'*+.^`|~9: 1")),
  accepted("9110 §5.3", "a repeated field is a list", get("X: 1", "X: 2", "x: 3"), { environ: { HTTP_X: "1, 2, 3" } }),
  accepted("6265 §5.4", "repeated cookies", get("Cookie: a=1", "Cookie: b=2"), {
    environ: { HTTP_COOKIE: "a=1; b=2" },
  }),
  accepted("3875 §4.1.18", "an underscore does not pose as a hyphen", get("X_Real_IP: 1"), {
    environ: { HTTP_X_REAL_IP: undefined },
  }),
  accepted("3875 §4.1.18", "Content_Length is not Content-Length", get("Content_Length: 5"), {
    environ: { CONTENT_LENGTH: undefined, HTTP_CONTENT_LENGTH: undefined },
  }),
  accepted("3875 §4.1.18", "Transfer_Encoding is not Transfer-Encoding", get("Transfer_Encoding: chunked"), {
    environ: { HTTP_TRANSFER_ENCODING: undefined },
  }),
  accepted("3875 §4.1.18", "Proxy is no variable", get("Proxy: http://b/"), { environ: { HTTP_PROXY: undefined } }),
  accepted("3875 §4.1.3", "Content-Type has its own variable", get("Content-Type: text/plain"), {
    environ: { CONTENT_TYPE: "text/plain", HTTP_CONTENT_TYPE: undefined },
  }),
  refused("9112 §5.1", "a space before the colon", get("X : 1")),
  refused("9112 §5.1", "a tab before the colon", get("X\t: 1")),
  refused("9112 §5.1", "a vertical tab before the colon", get("X\x0b: 1")),
  refused("9112 §5.1", "a no-break space before the colon", get("X\xa0: 1")),
  refused("9112 §5.1", "a bare CR before the colon", get("X\r: 1")),
  refused("9112 §5.1", "a space inside a name", get("X Y: 1")),
  refused("9112 §5", "no colon", get("X")),
  refused("9112 §5", "an empty name", get(": 1")),
  refused("9112 §5", "a name of blanks", get(" : 1")),
  refused("9112 §5.2", "a folded line", get("X: 1", " 2")),
  refused("9112 §5.2", "a line folded with a tab", get("X: 1", "\t2")),
  refused("9112 §5.2", "a folded line that is empty", get("X: 1", " ")),
  refused("9112 §5.2", "a folded Content-Length", get("Content-Length:", " 0")),
  refused("9112 §5.2", "a folded Transfer-Encoding", get("Transfer-Encoding:", " chunked") + "0\r\n\r\n"),
  refused("9112 §2.2", "a line of a bare CR", get("\r")),
  refused("9112 §2.2", "a bare LF inside a value", get("X: a\nY: b")),
  refused("9112 §2.2", "a bare CR inside a value", get("X: a\rY: b")),
  refused("9112 §2.2", "a bare CR at the end of a value", get("X: a\r")),
  refused("9112 §2.2", "CR alone ends the head", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
  ...(
    [
      ["(", "a parenthesis"],
      ["@", "an at sign"],
      ["/", "a slash"],
      ["[", "a bracket"],
      ["{", "a brace"],
      ['"', "a quote"],
      ["\\", "a backslash"],
      [",", "a comma"],
      [";", "a semicolon"],
      ["=", "an equals sign"],
      ["\0", "NUL"],
      ["\x01", "a control character"],
      ["\x7f", "DEL"],
      ["\xe9", "a byte above ASCII"],
    ] as const
  ).map(([character, name]) => badName(character, name)),
  ...(
    [
      ["\0", "NUL"],
      ["\x01", "a control character"],
      ["\x08", "a backspace"],
      ["\x0b", "a vertical tab"],
      ["\x0c", "a form feed"],
      ["\x1b", "an escape character"],
      ["\x1f", "a unit separator"],
      ["\x7f", "DEL"],
    ] as const
  ).map(([character, name]) => badValue(character, name)),
  refused("9110 §5.5", "a form feed at the end of a value", get("X: a\x0c")),
  refused("9112 §5", "a second request line among the fields", head("GET / HTTP/1.1", "Host: a", "GET /x HTTP/1.1")),
];
