/** When a certificate is worth a warning. */

import { describe, expect, test } from "bun:test";
import { validityProblem } from "../../lib/tls/validity.ts";

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 1);

describe("a certificate", () => {
  const cases: readonly (readonly [days: number, left: number, said: RegExp | null])[] = [
    [90, 90, null],
    [90, 14.1, null],
    [90, 14, /^expires in 14 days, on 2026-04-01$/],
    [90, 1.5, /^expires in a day, on 2026-04-01$/],
    [90, 0.5, /^expires within a day, on 2026-04-01$/],
    [90, 0, /^has expired on 2026-04-01: clients refuse it$/],
    [90, -400, /^has expired on 2026-04-01/],
    [90, 91, /^is not valid before 2026-01-01: until then clients refuse it$/],
    // Renewed each few days: two thirds of its life is nothing to warn of.
    [6, 4, null],
    [6, 1.5, /^expires in a day/],
  ];
  for (const [days, left, said] of cases) {
    test(`of ${days} days with ${left} left: ${said ?? "nothing"}`, () => {
      const notAfterMs = BEGIN_MS + days * DAY_MS;
      const problem = validityProblem({ notBeforeMs: BEGIN_MS, notAfterMs }, notAfterMs - left * DAY_MS);
      if (said === null) expect(problem).toBeNull();
      else expect(problem).toMatch(said);
    });
  }
});
