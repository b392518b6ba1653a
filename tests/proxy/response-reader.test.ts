import { describe, expect, test } from "bun:test";
import { ResponseReader } from "../../lib/handlers/proxy/response-reader.ts";
import { random } from "../support/random.ts";

/** Which of two faults is found first is a matter of time. */
function verdict(outcome: string): string {
  return outcome.replace(/^bad: .*$/s, "bad");
}

/** What comes of a response, fed in pieces, in one text. */
function read(pieces: readonly string[], method: string, closes: boolean): string {
  const events: string[] = [];
  let body = "";
  const reader = new ResponseReader(method, {
    interim: ({ status }) => void events.push(`interim ${status}`),
    responded: ({ status, reason, framing, persistent }) =>
      void events.push(`${status} ${reason} [${framing}]${persistent ? " persistent" : ""}`),
    bodyReceived: (bytes) => void (body += bytes.toString("latin1")),
  });
  let why: string | null = null;
  let surplus = "";
  for (const piece of pieces) {
    if (reader.done) {
      surplus += piece;
      continue;
    }
    why = reader.feed(Buffer.from(piece, "latin1"));
    if (why !== null) break;
  }
  if (why === null && closes) why = reader.ended();
  if (why !== null) return `bad: ${why}`;
  surplus = (reader.surplus?.toString("latin1") ?? "") + surplus;
  events.push(reader.done ? `whole "${body}"` : `open "${body}"`);
  if (surplus !== "") events.push(`surplus "${surplus}"`);
  return events.join(", ");
}

type Case = readonly [name: string, text: string, expected: string, method?: string];

const OK = "HTTP/1.1 200 OK\r\n";

const cases: readonly Case[] = [
  ["a length", `${OK}Content-Length: 3\r\n\r\nabc`, '200 OK [3] persistent, whole "abc"'],
  ["no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", '200  [0] persistent, whole ""'],
  [
    "an odd reason",
    "HTTP/1.1 299 It's f\xefne\r\nContent-Length: 0\r\n\r\n",
    '299 It\'s f\xefne [0] persistent, whole ""',
  ],
  [
    "chunks",
    `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x\r\nbc\r\n0\r\nT: x\r\n\r\n`,
    '200 OK [chunked] persistent, whole "abc"',
  ],
  [
    "Chunked in another spelling",
    `${OK}transfer-encoding:  CHUNKED \r\n\r\n0\r\n\r\n`,
    '200 OK [chunked] persistent, whole ""',
  ],
  ["until it closes", `${OK}\r\nabc`, '200 OK [close], whole "abc"'],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nabc", '200 OK [close], whole "abc"'],
  [
    "HTTP/1.0 that keeps",
    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na",
    '200 OK [1] persistent, whole "a"',
  ],
  ["Connection: close", `${OK}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`, '200 OK [1], whole "a"'],
  ["the same length twice", `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, '200 OK [1] persistent, whole "a"'],
  ["HEAD", `${OK}Content-Length: 3\r\n\r\n`, '200 OK [0] persistent, whole ""', "HEAD"],
  ["HEAD in chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n`, '200 OK [0] persistent, whole ""', "HEAD"],
  ["204", "HTTP/1.1 204 No Content\r\n\r\n", '204 No Content [0] persistent, whole ""'],
  [
    "304 with a length",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",
    '304 Not Modified [0] persistent, whole ""',
  ],
  [
    "interim responses",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    'interim 100, interim 103, 200 OK [1] persistent, whole "a"',
  ],
  [
    "101 and what follows",
    "HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n\0abc",
    '101 Go [0] persistent, whole "", surplus "\0abc"',
  ],
  ["bytes behind the end", `${OK}Content-Length: 1\r\n\r\nabc`, '200 OK [1] persistent, whole "a", surplus "bc"'],
  ["bytes behind 204", "HTTP/1.1 204 No\r\n\r\nabc", '204 No [0] persistent, whole "", surplus "abc"'],
  ["a body that is cut", `${OK}Content-Length: 3\r\n\r\nab`, "bad: it ended within the body"],
  ["chunks that are cut", `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, "bad: it ended within the body"],
  ["a head that is cut", `${OK}Content-Length: 3\r\n`, "bad: it ended within the head"],
  ["nothing", "", "bad: the connection was closed without one"],
  [
    "both lengths",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "bad: it has both Content-Length and Transfer-Encoding",
  ],
  ["two lengths", `${OK}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, "bad: its Content-Length is not a number"],
  ["a list of lengths", `${OK}Content-Length: 3, 3\r\n\r\nabc`, "bad: its Content-Length is not a number"],
  ["a negative length", `${OK}Content-Length: -1\r\n\r\n`, "bad: its Content-Length is not a number"],
  ["a hexadecimal length", `${OK}Content-Length: 0x3\r\n\r\nabc`, "bad: its Content-Length is not a number"],
  ["another coding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`, "bad: its transfer coding is not chunked"],
  [
    "chunked twice",
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
    "bad: its transfer coding is not chunked",
  ],
  [
    "chunks of HTTP/1.0",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "bad: it is of HTTP/1.0 and has Transfer-Encoding",
  ],
  ["a bad chunk size", `${OK}Transfer-Encoding: chunked\r\n\r\nx\r\n`, "bad: its chunked body is malformed"],
  [
    "a signed chunk size",
    `${OK}Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n`,
    "bad: its chunked body is malformed",
  ],
  [
    "a chunk that is too long",
    `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`,
    "bad: its chunked body is malformed",
  ],
  ["a folded line", `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`, "bad: it has a malformed field name"],
  ["a space before the colon", `${OK}Content-Length : 0\r\n\r\n`, "bad: it has a malformed field name"],
  ["no colon", `${OK}Content-Length 0\r\n\r\n`, "bad: it has a malformed field name"],
  ["a NUL in a field", `${OK}X: a\0b\r\nContent-Length: 0\r\n\r\n`, "bad: its field X has control characters"],
  [
    "a bare CR in a field",
    `${OK}X: a\rContent-Length: 5\r\nContent-Length: 0\r\n\r\n`,
    "bad: its field X has control characters",
  ],
  ["another protocol", "ICY 200 OK\r\n\r\n", "bad: its status line is malformed"],
  ["HTTP/2 on a line", "HTTP/2.0 200 OK\r\n\r\n", "bad: its status line is malformed"],
  ["no status", "HTTP/1.1 OK\r\n\r\n", "bad: its status line is malformed"],
  ["a long status", "HTTP/1.1 2000 OK\r\n\r\n", "bad: its status line is malformed"],
  ["interim responses without end", "HTTP/1.1 103 E\r\n\r\n".repeat(33), "bad: interim responses without end"],
  ["a head without end", `${OK}X: ${"a".repeat(140_000)}`, "bad: its head is larger than 128 KiB"],
];

describe("a response", () => {
  for (const [name, text, expected, method = "GET"] of cases) {
    test(`${name}`, () => expect(read(text === "" ? [] : [text], method, true)).toBe(expected));
  }

  test("comes to the same split at every byte", () => {
    for (const [name, text, expected, method = "GET"] of cases) {
      if (text.length > 5000 || text === "") continue;
      expect([name, verdict(read([...text], method, true))]).toEqual([name, verdict(expected)]);
      for (let at = 1; at < text.length; at++) {
        const split = verdict(read([text.slice(0, at), text.slice(at)], method, true));
        expect([name, at, split]).toEqual([name, at, verdict(expected)]);
      }
    }
  });

  test.each([
    ["a bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
    ["what is no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["what is no HTTP, in full", "220 mail.example.org ESMTP\r\n\r\n"],
  ])("%s is not waited for any longer", (_name, text) => expect(read([text], "GET", false)).toStartWith("bad: "));
});

test("changed at random, a response is the same however it is split", () => {
  const dice = random(11);
  const good = cases.filter(([, text]) => text.length < 1000);
  for (let round = 0; round < 4000; round++) {
    const [, text, , method = "GET"] = good[dice(good.length)]!;
    const bytes = [...text];
    for (let change = dice(4); change >= 0; change--) {
      const at = dice(bytes.length + 1);
      bytes.splice(at, dice(2), ...(dice(3) === 0 ? [] : [[..."\r\n: 0;,a\0\x7f9"][dice(11)]!]));
    }
    const changed = bytes.join("");
    const whole = verdict(read([changed], method, true));
    const at = dice(changed.length + 1);
    const split = verdict(read([changed.slice(0, at), changed.slice(at)], method, true));
    expect([changed, split]).toEqual([changed, whole]);
  }
});
