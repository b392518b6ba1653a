/** Counting, adding up, and what follows from the counts. */

import { describe, expect, test } from "bun:test";
import {
  between,
  BOUNDS_MS,
  countOf,
  EMPTY,
  quantile,
  rangeOf,
  RANGES,
  together,
} from "../../lib/metrics/histogram.ts";
import { allTraffic, NO_TRAFFIC, requestsIn, Traffic } from "../../lib/metrics/traffic.ts";
import { grouped, size, span, spanInWords } from "../../lib/metrics/spans.ts";
import { random } from "../support/random.ts";

const counted = (durations: readonly number[]) => {
  const traffic = new Traffic();
  for (const ms of durations) traffic.answered("GET", 200, ms, 0, 0, true);
  return traffic.counts().durations;
};

test("a duration falls into the first range whose bound it doesn't exceed", () => {
  for (const [range, bound] of BOUNDS_MS.entries()) {
    expect([rangeOf(bound), rangeOf(bound * 1.0001)]).toEqual([range, range + 1]);
  }
  expect(rangeOf(0)).toBe(0);
  expect(rangeOf(1e9)).toBe(RANGES - 1);
});

test("everything is counted where it belongs, and once", () => {
  const traffic = new Traffic();
  traffic.answered("GET", 200, 3, 10, 100, true);
  traffic.answered("POST", 404, 0.1, 0, 7, true);
  traffic.answered("GET", 0, 1e7, 1, 0, false);
  traffic.answered("get", 999, 0, 0, 0, true);
  traffic.refused(400, 50);
  traffic.waited(0);
  traffic.waited(20);
  traffic.expired();
  traffic.accepted();
  traffic.accepted();
  traffic.handshakeFailed();
  const counts = traffic.counts();
  expect(counts).toMatchObject({
    responses: [1, 0, 1, 0, 2, 1],
    methods: { GET: 2, POST: 1, DELETE: 0, other: 1 },
    cut: 1,
    refused: 1,
    expired: 1,
    receivedBytes: 11,
    sentBytes: 157,
    accepted: 2,
    handshakesFailed: 1,
  });
  expect(requestsIn(counts)).toBe(5);
  expect(countOf(counts.durations)).toBe(4);
  expect(counts.durations.totalMs).toBeCloseTo(1e7 + 3.1);
  expect(counts.durations.counts.at(-1)).toBe(1);
  expect([countOf(counts.waits), counts.waits.totalMs]).toEqual([2, 20]);
  expect(JSON.parse(JSON.stringify(counts))).toEqual(counts);
});

test("the traffic of several front ends is the sum of theirs", () => {
  const dice = random(7);
  const parts = [new Traffic(), new Traffic(), new Traffic()];
  const whole = new Traffic();
  for (let count = 0; count < 500; count++) {
    const status = [0, 101, 200, 304, 404, 500][dice(6)] ?? 0;
    const method = ["GET", "DELETE", "CONNECT", "PROPFIND"][dice(4)] ?? "";
    const args = [method, status, dice(1000), dice(99), 5, dice(10) > 0] as const;
    whole.answered(...args);
    parts[count % 3]?.answered(...args);
  }
  expect(allTraffic(parts.map((part) => part.counts()))).toEqual(whole.counts());
  expect(allTraffic([])).toEqual(NO_TRAFFIC);
});

describe("quantiles", () => {
  test("lie within the range that holds them", () => {
    const data = counted([...Array.from({ length: 90 }, () => 0.2), ...Array.from({ length: 10 }, () => 400)]);
    expect(quantile(data, 0.5)).toBeLessThanOrEqual(0.5);
    expect(quantile(data, 0.9)).toBeLessThanOrEqual(0.5);
    expect(quantile(data, 0.95)).toBeGreaterThan(250);
    expect(quantile(data, 0.95)).toBeLessThanOrEqual(500);
  });
  test("of nothing there are none, and what is too long is said to be as long as the last bound", () => {
    expect(quantile(EMPTY, 0.5)).toBeNull();
    expect(quantile(counted([1e6]), 0.5)).toBe(60_000);
  });
});

test("between two counts is what came in the meantime", () => {
  const [earlier, later] = [counted([1, 2, 3]), counted([1, 2, 3, 400])];
  expect(together(earlier, between(earlier, later))).toEqual(later);
  expect(countOf(between(earlier, later))).toBe(1);
});

test.each([
  [0, "0 ms"],
  [0.44, "0.4 ms"],
  [12.6, "13 ms"],
  [1500, "1.5 s"],
  [61_000, "1 min 1 s"],
  [3_600_000, "1 h"],
  [90_000_000, "1 d 1 h"],
])("%f ms is written as %s", (ms, written) => {
  expect(span(ms)).toBe(written);
});

test("sizes, numbers and long spans are written for people", () => {
  expect([0, 1023, 1024, 15_000, 3e6, 5e12].map(size)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "15 KiB",
    "2.9 MiB",
    "4.5 TiB",
  ]);
  expect(grouped(1_234_567)).toBe("1,234,567");
  expect(spanInWords(90_061_000)).toBe("1 day 1 hour 1 minute 1 second");
  expect(spanInWords(500)).toBe("0 seconds");
});
