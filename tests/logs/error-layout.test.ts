/** Formats of the error log, by tables; what Apache does with most of them was looked up by running it. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { errorLayout } from "../../lib/logs/error-format.ts";
import { compileErrorFormat } from "../../lib/logs/error-layout.ts";
import type { ErrorRecord } from "../../lib/logs/error-record.ts";
import { random } from "../support/random.ts";

const moment = Date.UTC(2026, 10, 23, 6, 59, 45) * 1000 + 138_699;
const zone = process.env["TZ"];
beforeAll(() => {
  process.env["TZ"] = "Asia/Kolkata";
});
afterAll(() => {
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
});

const record: ErrorRecord = {
  timeUs: moment,
  module: "wsgi",
  level: "error",
  pid: 84,
  tid: 85,
  client: "192.0.2.7:4711",
  about: {
    HTTP_REFERER: "http://r/\u00e9",
    HTTP_USER_AGENT: 'a"b',
    CONTENT_TYPE: "text/plain",
    SERVER_ADDR: "198.51.100.1",
    "mod_wsgi.listener_port": "8000",
    "mod_wsgi.request_id": "abc",
    "malt.earlier_requests": "3",
    SERVER_NAME: "asked.example",
    colour: "red",
  },
  text: "a message\n",
};
const bare: Partial<ErrorRecord> = { client: undefined, about: undefined };

describe("an error log format", () => {
  const table: readonly [format: string, line: string, given?: Partial<ErrorRecord>][] = [
    ["%M", "a message\\n"],
    ["%t|%M", "Mon Nov 23 12:29:45 2026|a message\\n"],
    ["%{u}t %M", "Mon Nov 23 12:29:45.138699 2026 a message\\n"],
    ["%{cu}t %M", "2026-11-23 12:29:45.138699 a message\\n"],
    ["%{c}t %{cuz}t %M", "2026-11-23 12:29:45 2026-11-23 12:29:45.138699 +0530 a message\\n"],
    ["[%m:%l] [%-m] %M", "[wsgi:error] [wsgi] a message\\n"],
    ["%P %T %{g}T %M", "84 85 85 a message\\n"],
    ["%a %{c}a %M", "192.0.2.7:4711 192.0.2.7:4711 a message\\n"],
    ["%a %M", "192.0.2.9:1 a message\\n", { client: undefined, remote: "192.0.2.9:1" }],
    ["%A %M", "198.51.100.1:8000 a message\\n"],
    ["%{Referer}i %{user-AGENT}i %{content-type}i %M", 'http://r/\\xe9 a"b text/plain a message\\n'],
    ["%{colour}e %M", "red a message\\n"],
    ["%k %L %M", "3 abc a message\\n"],
    ["%v %V %M", "site.example asked.example a message\\n"],
    ["%v %V %M", "site.example site.example a message\\n", bare],
    ["100%% %M", "100% a message\\n"],
    // What has nothing to say goes with its field, which ends before the next blank.
    ["%E %F %{x}n %{c}L %{C}L %M", " a message\\n"],
    ["a %{Missing}i b %M", "a b a message\\n"],
    ["[x %{Missing}i y] z%{Missing}iz end %M", "[x y] end a message\\n"],
    ["[client\\ %a] %M", " a message\\n", bare],
    ["[client\\ %a] %M", "[client 192.0.2.7:4711] a message\\n"],
    ["%M% ,\\ referer\\ %{Referer}i", "a message\\n, referer http://r/\\xe9"],
    ["%M% ,\\ referer\\ %{Referer}i", "a message\\n", bare],
    ["%a% %l %M", "192.0.2.7:4711error a message\\n"],
    // A hyphen instead.
    ["[%-{Missing}i] %-L %M", "[-] - a message\\n", bare],
    // From a level on.
    ["%7P %M", " a message\\n"],
    ["%7P %M", "84 a message\\n", { level: "debug" }],
    ["%3P %M", "84 a message\\n"],
    ["\\t\\[%M", "\t[a message\\n"],
    ["   %l   %M", "   error   a message\\n"],
    ["%{toString}e|%M", "", bare],
  ];
  for (const [format, line, given] of table) {
    test(`${format} is ${line}`, () => {
      const compiled = compileErrorFormat(format, "site.example");
      expect("line" in compiled ? compiled.line({ ...record, ...given }) : compiled.problem).toBe(line);
    });
  }

  for (const [format, problem] of [
    ["%t %Z %M", "%Z is no directive known here, at character 4"],
    ["%", "% is no directive known here"],
    ["%M %{open", "%{ is no directive known here"],
    ["%{x}P %M", "%{x}P is no directive known here"],
    ["%i %M", "%i is no directive known here"],
    ["%{q}t %M", "%{q}t is no directive known here"],
    ["%+{Referer}i %M", "%+{Referer}i cannot be required"],
    ["%16P %M", "%16P names a level beyond 15"],
    ["%t", "the message, %M, is missing"],
  ] as const) {
    test(`${format} is refused: ${problem}`, () => {
      expect(compileErrorFormat(format, "")).toEqual({ problem: expect.stringContaining(problem) });
    });
  }

  test("names the variables of requests that it shows", () => {
    const compiled = compileErrorFormat("%L %{X-A}i %{b}e %A %M", "");
    const variables = "variables" in compiled ? compiled.variables : [];
    expect(variables).toEqual(["mod_wsgi.request_id", "HTTP_X_A", "b", "SERVER_ADDR", "mod_wsgi.listener_port"]);
  });

  test("makes one line of at most 8 KB of whatever a format and a record are", () => {
    const below = random(7);
    const pieces = [
      "%M",
      "%a",
      "%{Referer}i",
      " ",
      "\\ ",
      "% ",
      "text",
      "%-L",
      "%7F",
      "%{u}t",
      "%%",
      "%{X}e",
      "[",
      "]",
    ];
    for (let round = 0; round < 2000; round += 1) {
      const format = `${Array.from({ length: below(12) }, () => pieces[below(pieces.length)]).join("")}%M`;
      const compiled = compileErrorFormat(format, "s");
      const text = String.fromCharCode(...Array.from({ length: below(40) }, () => below(300))).repeat(below(300));
      const line =
        "line" in compiled ? compiled.line({ ...record, text, about: { HTTP_REFERER: text } }) : compiled.problem;
      expect(line).not.toMatch(/[\n\r]/);
      expect(Buffer.byteLength(line)).toBeLessThan(8192);
    }
  });
});

test("records in JSON are objects whatever the text, and are cut as well", () => {
  const { line } = errorLayout({ format: "json", errorFormat: "%M" }, "");
  const text = `\u0000\u001b"\\\ud800 ${"é".repeat(20_000)}`;
  const parsed = JSON.parse(line({ ...record, about: { REQUEST_URI: "/\u00c3\u00a9\u00ff" }, text })) as Record<
    string,
    unknown
  >;
  expect(parsed).toMatchObject({ time: "2026-11-23T06:59:45.138699Z", level: "error", path: "/é\ufffd", id: null });
  expect(String(parsed["message"])).toStartWith('\u0000\u001b"\\');
  expect(String(parsed["message"])).toHaveLength(8192);
});
