import { describe, expect, test } from "bun:test";
import { conditionsOf, evaluate, rangeApplies, type Validators } from "../../lib/http/conditionals.ts";
import { formatHttpDate } from "../../lib/http/dates.ts";
import type { Field } from "../../lib/http/exchange.ts";
import { requestHead } from "./heads.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const MODIFIED = Date.UTC(2026, 10, 1);
const STRONG: Validators = { etag: '"v1"', lastModifiedMs: MODIFIED, weak: false };
const WEAK: Validators = { etag: 'W/"v1"', lastModifiedMs: MODIFIED, weak: true };
const SAME = formatHttpDate(MODIFIED);
const BEFORE = formatHttpDate(MODIFIED - 1000);
const AFTER = formatHttpDate(MODIFIED + 1000);
const FUTURE = formatHttpDate(NOW + 60_000);

function verdict(method: string, fields: readonly Field[], validators = STRONG): string {
  return evaluate(method, conditionsOf(requestHead("/", { fields })), validators, NOW);
}

describe("RFC 9110 §13.1.1 If-Match", () => {
  test.each([
    ['"v1"', STRONG, "proceed"],
    ['"v0", "v1"', STRONG, "proceed"],
    ["*", STRONG, "proceed"],
    ["*", WEAK, "proceed"],
    ['"v0"', STRONG, "failed"],
    ['W/"v1"', STRONG, "failed"],
    ['W/"v1"', WEAK, "failed"],
    ['"v1"', WEAK, "failed"],
    ["v1", STRONG, "failed"],
    ["", STRONG, "failed"],
  ] as const)("%s compares strongly", (value, validators, expected) => {
    expect(verdict("GET", [["If-Match", value]], validators)).toBe(expected);
  });
});

describe("RFC 9110 §13.1.2 If-None-Match", () => {
  test.each([
    ["GET", '"v1"', STRONG, "not modified"],
    ["HEAD", '"v1"', STRONG, "not modified"],
    ["POST", '"v1"', STRONG, "failed"],
    ["GET", 'W/"v1"', STRONG, "not modified"],
    ["GET", '"v1"', WEAK, "not modified"],
    ["GET", '"a,b" ,W/"v1"', STRONG, "not modified"],
    ["GET", "*", STRONG, "not modified"],
    ["POST", "*", STRONG, "failed"],
    ["GET", '"v0"', STRONG, "proceed"],
    ["GET", '"v1-gzip"', STRONG, "proceed"],
    ["GET", "v1", STRONG, "proceed"],
  ] as const)("%s %s compares weakly", (method, value, validators, expected) => {
    expect(verdict(method, [["If-None-Match", value]], validators)).toBe(expected);
  });

  test("the tags of several lines count", () => {
    const fields: Field[] = [
      ["if-none-match", '"v0"'],
      ["IF-NONE-MATCH", '"v1"'],
    ];
    expect(verdict("GET", fields)).toBe("not modified");
  });
});

describe("RFC 9110 §13.1.3 If-Modified-Since", () => {
  test.each([
    ["GET", SAME, "not modified"],
    ["HEAD", AFTER, "not modified"],
    ["GET", BEFORE, "proceed"],
    ["POST", SAME, "proceed"],
    ["GET", FUTURE, "proceed"],
    ["GET", "no date", "proceed"],
    ["GET", `${SAME}; length=10`, "proceed"],
  ])("%s %s", (method, value, expected) => {
    expect(verdict(method, [["If-Modified-Since", value]])).toBe(expected);
  });

  test("a date that was sent twice is no date", () => {
    const fields: Field[] = [
      ["If-Modified-Since", SAME],
      ["If-Modified-Since", SAME],
    ];
    expect(verdict("GET", fields)).toBe("proceed");
  });
});

describe("RFC 9110 §13.1.4 If-Unmodified-Since", () => {
  test.each([
    ["GET", SAME, "proceed"],
    ["GET", AFTER, "proceed"],
    ["GET", BEFORE, "failed"],
    ["POST", BEFORE, "failed"],
    ["GET", "no date", "proceed"],
  ])("%s %s", (method, value, expected) => {
    expect(verdict(method, [["If-Unmodified-Since", value]])).toBe(expected);
  });
});

describe("RFC 9110 §13.2.2 order of preconditions", () => {
  test.each([
    [
      "1, not 2: If-Match hides If-Unmodified-Since",
      [
        ["If-Match", '"v1"'],
        ["If-Unmodified-Since", BEFORE],
      ],
      "proceed",
    ],
    [
      "1 before 3: a failed If-Match is 412",
      [
        ["If-Match", '"v0"'],
        ["If-None-Match", '"v1"'],
      ],
      "failed",
    ],
    [
      "1 then 3: both are looked at",
      [
        ["If-Match", '"v1"'],
        ["If-None-Match", '"v1"'],
      ],
      "not modified",
    ],
    [
      "2 before 3",
      [
        ["If-Unmodified-Since", BEFORE],
        ["If-None-Match", '"v1"'],
      ],
      "failed",
    ],
    [
      "3, not 4: If-None-Match hides If-Modified-Since",
      [
        ["If-None-Match", '"v0"'],
        ["If-Modified-Since", SAME],
      ],
      "proceed",
    ],
    [
      "2 then 4",
      [
        ["If-Unmodified-Since", SAME],
        ["If-Modified-Since", SAME],
      ],
      "not modified",
    ],
  ] as const)("%s", (_, fields, expected) => {
    expect(verdict("GET", fields as readonly Field[])).toBe(expected);
  });
});

describe("RFC 9110 §13.1.5 If-Range", () => {
  test.each([
    [undefined, STRONG, true],
    ['"v1"', STRONG, true],
    ['"v0"', STRONG, false],
    ['W/"v1"', STRONG, false],
    ['W/"v1"', WEAK, false],
    ['"v1"', WEAK, false],
    [SAME, STRONG, true],
    [SAME, WEAK, false],
    [AFTER, STRONG, false],
    [BEFORE, STRONG, false],
    ["no date", STRONG, false],
    ["*", STRONG, false],
  ] as const)("%s", (value, validators, expected) => {
    const fields: readonly Field[] = value === undefined ? [] : [["If-Range", value]];
    expect(rangeApplies(conditionsOf(requestHead("/", { fields })), validators, NOW)).toBe(expected);
  });
});
