/** Expect: RFC 9110 §10.1.1. A body may come with the head, whatever the client expects. */

import { accepted, get, head, post, posted, refused, several, type Entry } from "./entry.ts";

const good = (name: string, ...lines: readonly string[]): Entry =>
  accepted("9110 §10.1.1", name, `${post(...lines, "Content-Length: 5")}hello`, posted("hello"));
const bad = (name: string, ...lines: readonly string[]): Entry =>
  refused("9110 §10.1.1", name, `${post(...lines, "Content-Length: 5")}hello`, 417);

export const expectations: readonly Entry[] = [
  good("100-continue", "Expect: 100-continue"),
  good("100-continue in another case", "expect: 100-Continue"),
  good("100-continue with blanks around it", "Expect: \t100-continue "),
  good("100-continue twice", "Expect: 100-continue", "Expect: 100-continue"),
  good("100-continue in a list", "Expect: 100-continue, 100-continue"),
  good("an empty value", "Expect:"),
  accepted("9110 §10.1.1", "100-continue without content", get("Expect: 100-continue"), {}, "closes"),
  accepted(
    "9110 §10.1.1",
    "100-continue and an empty body",
    post("Expect: 100-continue", "Content-Length: 0"),
    posted(),
    "closes",
  ),
  several(
    "9110 §10.1.1",
    "100-continue and content without a length",
    `${post("Expect: 100-continue")}hello`,
    [posted()],
    "closes",
  ),
  accepted(
    "9110 §10.1.1",
    "100-continue with chunked content",
    `${post("Expect: 100-continue", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
    posted("hello"),
  ),
  accepted(
    "9110 §10.1.1",
    "100-continue from HTTP/1.0 is ignored",
    `${head("POST / HTTP/1.0", "Expect: 100-continue", "Content-Length: 5")}hello`,
    { ...posted("hello"), host: "", version: "HTTP/1.0" },
    "closes",
  ),
  bad("another expectation", "Expect: tea"),
  bad("a parameter", "Expect: 100-continue;q=1"),
  bad("quotes", 'Expect: "100-continue"'),
  bad("something behind it", "Expect: 100-continue tea"),
  bad("another one in a list", "Expect: 100-continue, tea"),
  bad("another one in a first line", "Expect: tea", "Expect: 100-continue"),
  bad("another one in a second line", "Expect: 100-continue", "Expect: tea"),
  bad("a no-break space behind it", "Expect: 100-continue\xa0"),
  refused("9110 §10.1.1", "another expectation without content", get("Expect: tea"), 417),
  refused("9112 §5.2", "a folded expectation", `${post("Expect: 100-continue,", " tea", "Content-Length: 5")}hello`),
];
