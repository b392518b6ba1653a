import { expect, test } from "bun:test";
import { microseconds, requestIds } from "../../lib/handlers/wsgi/stamps.ts";
import { random } from "../support/random.ts";

test("a time is printed as the number it is", () => {
  const dice = random(4);
  for (let i = 0; i < 5000; i++) {
    const us = 1_700_000_000_000_000 + dice(2_000_000_000) * 1000 + dice(1000);
    expect(microseconds(us)).toBe(`${us}`);
  }
  for (const us of [1_700_000_000_000_000, 1_700_000_000_000_001, 1_700_000_000_999_999, 1_700_000_001_000_000]) {
    expect(microseconds(us)).toBe(`${us}`);
  }
});

test("request ids have eleven characters and don't repeat, also beyond one series", () => {
  const next = requestIds(1_700_000_000_000, 4711);
  const seen = new Set<string>();
  const count = 36 ** 4 + 1000;
  for (let i = 0; i < count; i++) {
    const id = next();
    if (i % 997 === 0) expect(id).toMatch(/^[0-9a-z]{11}$/);
    seen.add(id);
  }
  expect(seen.size).toBe(count);
});

test("two processes started in the same moment give different ids", () => {
  expect(requestIds(1_700_000_000_000, 10)()).not.toBe(requestIds(1_700_000_000_000, 11)());
});
