import { expect, test } from "bun:test";
import { median, ratio } from "../../scripts/bench/statistics.ts";

test.each([
  [[], null],
  [[7], 7],
  [[3, 1], 2],
  // As text, 10 would sort before 9.
  [[10, 9, 100], 10],
  [[4, 1, 3, 2], 2.5],
] as [number[], number | null][])("the median of %p is %p", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("the median leaves the values in their order", () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test("a ratio without one of its numbers, or by zero, is none at all", () => {
  expect(ratio(6, 3)).toBe(2);
  expect(ratio(null, 3)).toBeNull();
  expect(ratio(6, null)).toBeNull();
  expect(ratio(6, 0)).toBeNull();
});
