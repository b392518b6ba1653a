/** What becomes of the output of scripts, whole, byte by byte and in random pieces. */

import { describe, expect, test } from "bun:test";
import { scriptOutput } from "../../lib/handlers/cgi/output.ts";
import { random } from "../support/random.ts";

/** What comes of an output, in one text. */
function read(pieces: readonly Buffer[], name: string, method = "GET"): string {
  let head = "";
  let body = "";
  const output = scriptOutput(`/root/${name}`, method, {
    scriptHead({ status, reason, location, fields }) {
      head = `[${status} ${reason}|${location}] ${fields.map(([each, value]) => `${each}=${value}`).join(" ")}`;
    },
    body: (bytes) => void (body += bytes.toString("latin1")),
  });
  for (const piece of pieces) {
    const why = output.feed(piece);
    if (why !== null) return `bad: ${why}`;
  }
  const why = output.ended();
  return why === null ? `${head} "${body}"` : `bad: ${why}`;
}

type Case = readonly [what: string, text: string, expected: string, name?: string, method?: string];

const cases: readonly Case[] = [
  ["a document", "Content-Type: text/plain\n\nabc", '[null |] Content-Type=text/plain "abc"'],
  ["lines as in HTTP", "A: 1\r\nB: 2\r\n\r\nabc\r\n", '[null |] A=1 B=2 "abc\r\n"'],
  ["both kinds of lines", "A: 1\r\nB: 2\n\r\nabc", '[null |] A=1 B=2 "abc"'],
  ["no field at all", "\nabc", '[null |]  "abc"'],
  ["no body", "A: 1\n\n", '[null |] A=1 ""'],
  ["an empty line in the body", "A: 1\n\n\nb\n\n", '[null |] A=1 "\nb\n\n"'],
  ["blanks around a value", "A: \t 1 \t\n\n", '[null |] A=1 ""'],
  ["a colon in a value", "A: b:c\n\n", '[null |] A=b:c ""'],
  ["bytes of any kind", "A: \xe9\n\n\xff\0", '[null |] A=\xe9 "\xff\0"'],
  ["a status", "Status: 404 Nope Here\nA: 1\n\nx", '[404 Nope Here|] A=1 "x"'],
  ["a status without words", "status: 404\n\n", '[404 Not Found|]  ""'],
  ["the last of two", "Status: 404\nStatus: 201 Made\n\n", '[201 Made|]  ""'],
  ["a place", "Location: /x?y\n\n", '[null |/x?y] Location=/x?y ""'],
  ["a place and 200", "Location: /x\nStatus: 200 OK\n\n", '[null OK|/x] Location=/x ""'],
  ["a place and a status", "Status: 301\nLocation: /x\n\n", '[301 Moved Permanently|/x] Location=/x ""'],
  ["a length", "Content-Length: 3\n\nabc", '[null |] Content-Length=3 "abc"'],
  ["a length that is none", "Content-Length: 3, 3\n\nabc", '[null |]  "abc"'],
  ["nothing", "", "bad: End of script output before headers: a.cgi"],
  ["half a head", "A: 1\n", "bad: Premature end of script headers: a.cgi"],
  ["half a line", "A: 1", "bad: Premature end of script headers: a.cgi"],
  ["no head", "hello, world\n", "bad: malformed header from script 'a.cgi': Bad header: hello, world"],
  ["a space before the colon", "A : 1\n\n", "bad: malformed header from script 'a.cgi': Bad header: A : 1"],
  ["a folded line", "A: 1\n b\n\n", "bad: malformed header from script 'a.cgi': Bad header:  b"],
  ["control characters", "A: 1\rB: 2\n\n", "bad: malformed header from script 'a.cgi': Bad header: A: 1\rB: 2"],
  ["no status", "Status: abc\n\n", "bad: Invalid status line from script 'a.cgi': abc"],
  ["a status that is none", "Status: 999\n\n", "bad: Invalid status line from script 'a.cgi': 999"],
  ["an interim status", "Status: 100\n\n", "bad: Invalid status line from script 'a.cgi': 100"],
  ["HTTP of its own", "HTTP/1.0 299 Fine\nX: 1\n\nraw", '[299 Fine|] X=1 "raw"', "nph-a.cgi"],
  ["the same with the lines of HTTP", "HTTP/1.1 200 OK\r\nX: 1\r\n\r\nraw", '[200 OK|] X=1 "raw"', "nph-a.cgi"],
  [
    "chunks of its own",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    '[200 OK|]  "ab"',
    "nph-a.cgi",
  ],
  ["interim heads of its own", "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\n\nx", '[200 OK|]  "x"', "nph-a.cgi"],
  ["more than it said", "HTTP/1.1 200 OK\nContent-Length: 1\n\nxy", '[200 OK|] Content-Length=1 "x"', "nph-a.cgi"],
  ["HEAD", "HTTP/1.1 200 OK\nContent-Length: 9\n\n", '[200 OK|] Content-Length=9 ""', "nph-a.cgi", "HEAD"],
  ["nothing of its own", "", "bad: End of script output before headers: nph-a.cgi", "nph-a.cgi"],
  [
    "less than it said",
    "HTTP/1.1 200 OK\nContent-Length: 3\n\nx",
    "bad: the response of script 'nph-a.cgi' is malformed: it ended within the body",
    "nph-a.cgi",
  ],
  [
    "no HTTP",
    "Content-Type: text/plain\n\nx",
    "bad: the response of script 'nph-a.cgi' is malformed: its status line is malformed",
    "nph-a.cgi",
  ],
];

describe.each(cases)("%s", (_what, text, expected, name = "a.cgi", method = "GET") => {
  const bytes = Buffer.from(text, "latin1");

  test("whole", () => {
    expect(read([bytes], name, method)).toBe(expected);
  });

  test("split at every byte", () => {
    for (let at = 0; at <= bytes.length; at++) {
      expect(read([bytes.subarray(0, at), bytes.subarray(at)], name, method)).toBe(expected);
    }
    expect(
      read(
        [...bytes].map((byte) => Buffer.from([byte])),
        name,
        method,
      ),
    ).toBe(expected);
  });
});

test("a head without end is given up", () => {
  const line = Buffer.from(`A: ${"x".repeat(1000)}\n`);
  const why = read(Array<Buffer>(100).fill(line), "a.cgi");
  expect(why).toBe("bad: malformed header from script 'a.cgi': it is larger than 64 KiB");
  expect(read([Buffer.alloc(70_000, 65)], "nph-a.cgi")).toContain("larger than 64 KiB");
});

/** Which of two faults is found first may depend on what has come. */
function verdict(outcome: string): string {
  return outcome.replace(/^bad.*$/s, "bad");
}

test("whatever a script writes, and in whichever pieces, comes to the same and never throws", () => {
  const dice = random(20_261_126);
  const words = [
    "Status: ",
    "200",
    "Location: ",
    "/x",
    ":",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\0",
    "HTTP/1.1 ",
    "a",
    "\xff",
    "9",
  ];
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: dice(12) }, () => words[dice(words.length)]).join("");
    const bytes = Buffer.from(text, "latin1");
    const name = dice(3) === 0 ? "nph-a.cgi" : "a.cgi";
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + dice(4);
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
    expect(verdict(read(pieces, name))).toBe(verdict(read([bytes], name)));
  }
});
