import { expect, test } from "bun:test";
import { capacityOf } from "../../lib/settings/capacity.ts";

// Printed by mod_wsgi-express 4.9.4 for these numbers.
const OBSERVED: readonly (readonly [
  processes: number,
  threads: number,
  option: number | undefined,
  a: number,
  b: number,
])[] = [
  [1, 1, undefined, 20, 20],
  [1, 5, undefined, 20, 20],
  [2, 20, undefined, 85, 70],
  [5, 10, undefined, 85, 85],
  [10, 10, undefined, 170, 160],
  [1, 5, 2, 10, 5],
  [1, 5, 30, 30, 30],
  [1, 5, 100, 112, 100],
  [1, 5, 0, 10, 5],
];

for (const [processes, threads, option, event, prefork] of OBSERVED) {
  test(`${processes} × ${threads} threads with ${option ?? "no"} --max-clients hold ${event} (event) and ${prefork} (prefork)`, () => {
    expect(capacityOf(processes, threads, option)).toEqual({ event, prefork });
  });
}

test("capacity never falls below what was asked for", () => {
  for (let processes = 1; processes < 20; processes += 1) {
    for (let threads = 1; threads < 60; threads += 1) {
      const { event, prefork } = capacityOf(processes, threads, undefined);
      expect(prefork).toBeGreaterThanOrEqual(processes * threads);
      expect(event).toBeGreaterThanOrEqual(prefork);
    }
  }
});
