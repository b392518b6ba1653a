/** Lines of the error log and the access log, by tables. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { compileAccessFormat, type AccessFormatter, type AccessRecord } from "../../lib/logs/access-format.ts";
import { formatError } from "../../lib/logs/error-format.ts";
import type { ErrorRecord } from "../../lib/logs/error-record.ts";
import { escapeItem, escapeMessage } from "../../lib/logs/escape.ts";
import { LineBuffer } from "../../lib/logs/line-buffer.ts";
import { levelFilter, levelNamed } from "../../lib/logs/levels.ts";
import { commonLogTime, errorLogTime, strftime, unknownConversion } from "../../lib/logs/times.ts";
import { random } from "../support/random.ts";
import { LOG_LEVELS, type LogLevel } from "../../lib/settings/log-level.ts";

// 23 November 2026, 06:59:45.138699 UTC; a zone with half hours tells hours from minutes.
const moment = Date.UTC(2026, 10, 23, 6, 59, 45) * 1000 + 138_699;
const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "Asia/Kolkata";
});
// An assigned undefined would be the word "undefined".
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

describe("the error log", () => {
  const record: ErrorRecord = { timeUs: moment, module: "wsgi", level: "error", pid: 84, tid: 85, text: "message" };
  const head = "[Mon Nov 23 12:29:45.138699 2026] [wsgi:error] [pid 84:tid 85]";
  const lines: readonly [name: string, given: Partial<ErrorRecord>, line: string][] = [
    ["has time, module, level, pid and tid", {}, `${head} message`],
    ["names the client of the server", { client: "127.0.0.1:5" }, `${head} [client 127.0.0.1:5] message`],
    ["names the remote of a worker", { remote: "[::1]:5" }, `${head} [remote [::1]:5] message`],
    [
      "ends with the referer of what the server writes about a request",
      { client: "x:1", about: { HTTP_REFERER: "http://x/\n\xe9" } },
      `${head} [client x:1] message, referer: http://x/\\n\\xe9`,
    ],
    [
      "has no referer in what workers write",
      { remote: "x:1", about: { HTTP_REFERER: "y" } },
      `${head} [remote x:1] message`,
    ],
    [
      "is one line whatever the text",
      { text: "a\nb\r\tc\\d\x00\x1b[1m\x7f" },
      `${head} a\\nb\\r\\tc\\\\d\\x00\\x1b[1m\\x7f`,
    ],
    ["stays readable in other scripts", { text: "naïve 日本 😀" }, `${head} naïve 日本 😀`],
    ["escapes control characters beyond ASCII", { text: "a\u0085b" }, `${head} a\\x85b`],
    ["can't be forged through the address", { remote: "x] [y\n" }, `${head} [remote x] [y\\n] message`],
  ];
  for (const [name, given, line] of lines) test(name, () => expect(formatError({ ...record, ...given })).toBe(line));

  for (const [name, character] of [
    ["ASCII", "x"],
    ["two-byte", "é"],
    ["three-byte", "日"],
    ["four-byte", "😀"],
    ["escaped", "\n"],
  ] as const) {
    test(`cuts a long line of ${name} characters at 8 KB, never inside a character`, () => {
      const line = formatError({ ...record, text: character.repeat(9000) });
      const bytes = Buffer.byteLength(line) + 1;
      expect(bytes).toBeLessThanOrEqual(8192);
      expect(bytes).toBeGreaterThan(8192 - 4);
      expect(line).not.toContain("\ufffd");
    });
  }

  test("has the microseconds of every time, with leading zeros", () => {
    expect(errorLogTime(moment - 138_699 + 42)).toBe("Mon Nov 23 12:29:45.000042 2026");
    expect(errorLogTime(moment - 138_699 - 1)).toBe("Mon Nov 23 12:29:44.999999 2026");
  });
});

describe("escaping for the access log", () => {
  const table: readonly [text: string, escaped: string][] = [
    ["plain text!", "plain text!"],
    ['a"b', 'a\\"b'],
    ["a\\b", "a\\\\b"],
    ["\b\n\r\t\v", "\\b\\n\\r\\t\\v"],
    ["\x00\x1b\x7f", "\\x00\\x1b\\x7f"],
    ["\u00e9\u00ff", "\\xe9\\xff"],
  ];
  for (const [text, escaped] of table) test(JSON.stringify(text), () => expect(escapeItem(text)).toBe(escaped));

  test("leaves nothing but printable ASCII, and what it leaves can be read back", () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const escaped = escapeItem(String.fromCharCode(byte));
      expect(escaped).toMatch(/^[\x20-\x7e]+$/);
      if (byte !== 0x22)
        expect(escapeMessage(String.fromCharCode(byte))).toBe(byte > 0x9f ? String.fromCharCode(byte) : escaped);
    }
  });

  test("nothing in a message ends a line or turns its direction round", () => {
    // Line and paragraph separators, embeddings, overrides and isolates (UAX 9).
    const turning = [0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069];
    for (const code of turning) {
      const bytes = Buffer.from(String.fromCharCode(code), "utf8").toString("hex");
      expect(escapeMessage(`a${String.fromCharCode(code)}b`)).toBe(`a${bytes.replace(/../g, String.raw`\x$&`)}b`);
    }
    for (const text of ["\u05d0\u200e", "\u2027", "\u202f", "\u2065", "\u206a"]) expect(escapeMessage(text)).toBe(text);
  });
});

describe("the threshold of the error log", () => {
  const passes = levelFilter({ level: "warn", moduleLevels: { wsgi: "info", ssl_module: "trace2", core: "crit" } });
  const table: readonly [module: string, level: LogLevel, passes: boolean][] = [
    ["http", "emerg", true],
    ["http", "warn", true],
    ["http", "notice", false],
    ["wsgi", "info", true],
    ["wsgi", "debug", false],
    ["ssl", "trace2", true],
    ["ssl", "trace3", false],
    ["core", "error", false],
    ["core", "crit", true],
  ];
  for (const [module, level, expected] of table) {
    test(`${expected ? "lets" : "doesn't let"} ${module}:${level} pass`, () =>
      expect(passes(module, level)).toBe(expected));
  }
  test("knows every level by name, and takes the other one for a name it doesn't know", () => {
    for (const level of LOG_LEVELS) expect(levelNamed(level, "emerg")).toBe(level);
    expect(levelNamed("loud", "error")).toBe("error");
  });
});

const request: AccessRecord = {
  clientAddress: "192.0.2.7",
  remoteAddress: "192.0.2.7",
  remotePort: 4711,
  localAddress: "198.51.100.1",
  localPort: 8000,
  remoteUser: "aladdin",
  startedUs: moment,
  elapsedUs: 2_345_678,
  firstByteUs: 1234.5,
  requestLine: 'GET /caf\u00e9"?q=1 HTTP/1.1',
  method: "GET",
  path: "/caf\u00e9",
  target: "/caf%e9",
  query: "q=1",
  protocol: "HTTP/1.1",
  status: 404,
  originalStatus: 200,
  bodyBytes: 1234,
  receivedBytes: 100,
  sentBytes: 1500,
  requestFields: [
    ["Host", "example.org"],
    ["User-Agent", "x"],
    ["Accept", "a"],
    ["accept", "b"],
    ["Cookie", "one=1; two=2"],
  ],
  responseFields: [
    ["Content-Type", "text/html; charset=utf-8"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ],
  responseLength: 1234,
  requestTrailers: [["Checksum", "5"]],
  serverName: "canonical.example",
  requestHost: "example.org",
  keepAliveRequests: 3,
  logId: "abc",
  connection: "kept",
  fileName: "/srv/caf\u00e9",
  handler: "wsgi-handler",
  variables: { colour: "red" },
  notes: { ratio: "40" },
};

const nothing: Partial<AccessRecord> = {
  remoteUser: null,
  requestLine: null,
  method: null,
  path: null,
  target: null,
  query: null,
  protocol: null,
  status: 408,
  bodyBytes: 0,
  logId: null,
  fileName: null,
  handler: null,
  connection: "closed",
};

describe("an access log format", () => {
  const table: readonly [format: string, line: string, given?: Partial<AccessRecord>][] = [
    [
      '%h %l %u %t "%r" %>s %b',
      '192.0.2.7 - aladdin [23/Nov/2026:12:29:45 +0530] "GET /caf\\xe9\\"?q=1 HTTP/1.1" 404 1234',
    ],
    ['%h %l %u %t "%r" %>s %b', '192.0.2.7 - - [23/Nov/2026:12:29:45 +0530] "-" 408 -', nothing],
    ['"%{Referer}i" "%{User-agent}i"', '"-" "x"'],
    ["%s %>s %<s", "200 404 200"],
    ["%b %B", "1234 1234"],
    ["%b %B", "- 0", nothing],
    ["%D %T %{s}T %{ms}T %{us}T", "2345678 2 2 2345 2345678"],
    ["%U%q %m %H", "/caf\\xe9?q=1 GET HTTP/1.1"],
    ["%U%q %m %H", "- - -", nothing],
    ["%v %V", "canonical.example example.org"],
    ["%a %{c}a %A", "192.0.2.7 192.0.2.7 198.51.100.1"],
    ["%a %h %{c}a %{c}h", "203.0.113.9 203.0.113.9 192.0.2.7 192.0.2.7", { clientAddress: "203.0.113.9" }],
    ["%p %{canonical}p %{local}p %{remote}p", "8000 8000 8000 4711"],
    ["%P %{pid}P %{tid}P", `${process.pid} ${process.pid} ${process.pid}`],
    ["%{accept}i %{ACCEPT}i", "a, b a, b"],
    ["%{content-type}o %{content-length}o %{set-cookie}o %{X}o", "text/html 1234 a=1, b=2 -"],
    ["%{content-length}o", "-", { responseLength: -1 }],
    ["%{ratio}n %{other}n", "40 -"],
    ["%{checksum}^ti %{other}^ti %{checksum}^to", "5 - -"],
    ["%^FB", "1234"],
    ["%^FB", "-", { firstByteUs: null }],
    ["%q|%r", "?|GET /? HTTP/1.1", { query: "", requestLine: "GET /? HTTP/1.1" }],
    ["%U%q", "/caf\\xe9", { query: null }],
    ["%s %>s", "- -", { status: 0, originalStatus: 0 }],
    ["%{MS}T %{Remote}p", "2345 4711"],
    ["%{hextid}P", process.pid.toString(16)],
    ["%{toString}e %{constructor}n", "- -"],
    ["%{two}C %{TWO}C %{three}C", "2 2 -"],
    ["%{a}C %{b}C", "x=1 -", { requestFields: [["Cookie", " a = x=1 ; b=; c"]] }],
    ["%{colour}e %{none}e", "red -"],
    ["%I %O %S", "100 1500 1600"],
    ["%k %L %{c}L", "3 abc -"],
    ["%k %L", "3 -", nothing],
    ["%X", "+"],
    ["%X", "-", { connection: "closed" }],
    ["%X", "X", { connection: "aborted" }],
    ["%u", '""', { remoteUser: "" }],
    ["%f %R", "/srv/caf\\xe9 wsgi-handler"],
    ["%%h 100%%", "%h 100%"],
    [
      "%{%Y-%m-%d}t %{sec}t %{msec}t %{usec}t",
      `2026-11-23 ${Math.floor(moment / 1e6)} ${Math.floor(moment / 1e3)} ${moment}`,
    ],
    ["%{msec_frac}t %{usec_frac}t %{begin:%S}t %{end:%S}t", "138 138699 45 47"],
    ["%404{User-agent}i %200{User-agent}i %!200,304{User-agent}i %!404,500r", "x - x -"],
    ["%{User-agent}404i %>200,!404,<s %{a}{two}C", "x - 2"],
    ["%{begin}t %{end}t", "[23/Nov/2026:12:29:45 +0530] [23/Nov/2026:12:29:47 +0530]"],
    ["%{%-d %e %l %P %V %G %^b %5H %_m}t", "23 23 12 pm 48 2026 NOV 00012 11"],
    ["a\\tb\\nc\\\\d", "a\tb\nc\\d"],
    ["%A", "/run/café 日.sock", { localAddress: "/run/café 日.sock" }],
    ["", ""],
  ];
  for (const [format, line, given] of table) {
    test(`${format} is ${line}`, () => {
      const compiled = compileAccessFormat(format);
      expect(typeof compiled === "function" ? lineOf(compiled, { ...request, ...given }) : compiled.problem).toBe(line);
    });
  }

  for (const [format, named] of [
    ["%h %Z", "%Z"],
    ["%", "%"],
    ["%^FX", "%^FX"],
    ["%{x}^FB", "%{x}^FB"],
    ["%!%", "%!%"],
    ["%{shoesize}P", "%{shoesize}P"],
    ["%n", "%n"],
    ["%{a}b", "%{a}b"],
    ["%i", "%i"],
    ["%{nanoseconds}T", "%{nanoseconds}T"],
    ["%{%Q}t", "%{%Q}t"],
    ["%{open", "%{"],
    ["%{toString}p", "%{toString}p"],
  ] as const) {
    test(`${format} is refused, naming ${named}`, () => {
      expect(compileAccessFormat(format)).toEqual({ problem: expect.stringContaining(`${named} is no directive`) });
    });
  }
});

test("whatever clients send, a line is one line of ASCII, and no text gets out of its quotes", () => {
  const below = random(11);
  const formats = ["%r", "%U%q", "%{X}i", "%{c}C", "%u", "%{X}o", "%f", "%V", "%{X}^ti", "%m %H"];
  const compiled = formats.map((format) => compileAccessFormat(`"${format}"`));
  for (let round = 0; round < 2000; round += 1) {
    const text = String.fromCharCode(...Array.from({ length: below(30) }, () => below(256)));
    const strings = { requestLine: text, path: text, query: text, remoteUser: text, fileName: text, requestHost: text };
    const fields = {
      requestFields: [["X", text] as const, ["Cookie", `c=${text}`] as const],
      method: text,
      protocol: text,
    };
    const answer = { responseFields: [["X", text] as const], requestTrailers: [["X", text] as const] };
    for (const format of compiled) {
      const line =
        typeof format === "function"
          ? lineOf(format, { ...request, ...strings, ...fields, ...answer })
          : format.problem;
      // An empty user name is written as two quotes, as in Apache.
      if (line !== '""""') expect(line).toMatch(/^"(?:[ !#-[\]-~]|\\["\\bnrtv]|\\x[0-9a-f]{2})*"$/);
    }
  }
});

/** What `format` makes of `record`. */
function lineOf(format: AccessFormatter, record: AccessRecord): string {
  const line = new LineBuffer();
  format(line, record);
  return Buffer.from(line.bytes).toString("utf8");
}

test("lines gathered as bytes are those that were added, beyond any size it began with", () => {
  const below = random(5);
  const buffer = new LineBuffer();
  for (const round of [1, 2]) {
    let expected = "";
    for (let added = 0; added < 300; added += 1) {
      const text = `${round} ${"x".repeat(below(9000))}`;
      expected += `${text}é日😀${text}\u00ff-\\n\n`;
      buffer.latin1(text);
      buffer.utf8("é日😀");
      buffer.item(text);
      buffer.latin1("\xc3\xbf");
      buffer.item(null);
      buffer.item("\n");
      buffer.endLine();
    }
    expect(buffer.lines).toBe(300);
    expect(buffer.length).toBe(Buffer.byteLength(expected));
    expect(Buffer.from(buffer.bytes).toString("utf8")).toBe(expected);
    buffer.clear();
    expect(buffer.length + buffer.lines).toBe(0);
  }
});

test("a time of the access log changes with the second and nothing else", () => {
  expect(commonLogTime(moment)).toBe("[23/Nov/2026:12:29:45 +0530]");
  expect(commonLogTime(moment + 1e6)).toBe("[23/Nov/2026:12:29:46 +0530]");
  expect(commonLogTime(moment)).toBe("[23/Nov/2026:12:29:45 +0530]");
});

test("strftime does what date(1) does", () => {
  const format = "%a %A %b %B %C %d %D %e %F %H %I %j %m %M %p %r %R %s %S %T %u %w %y %Y %z %Z %%";
  for (const [year, month, day] of [
    [2026, 10, 23],
    [2024, 11, 31],
    [2027, 0, 3],
    [2026, 0, 1],
    [2020, 11, 31],
    [2025, 11, 29],
  ] as const) {
    const date = new Date(Date.UTC(year, month, day, 18, 5, 9));
    const expected = Bun.spawnSync(["date", "-d", date.toISOString(), `+${format}`], {
      env: { TZ: "America/New_York", LC_ALL: "C" },
    });
    process.env["TZ"] = "America/New_York";
    expect(strftime(format, date)).toBe(expected.stdout.toString().trimEnd());
    process.env["TZ"] = "Asia/Kolkata";
  }
  expect(unknownConversion(format)).toBeUndefined();
  expect(unknownConversion("%Y %Q")).toBe("%Q");
});
