/** Why Malt answers otherwise. The first reason that fits a difference is its reason. */

import type { Row } from "./page.ts";

interface Reason {
  readonly why: string;
  readonly scenario?: RegExp;
  readonly request?: RegExp;
  readonly original?: RegExp;
  readonly malt?: RegExp;
}

const reasons: readonly Reason[] = [];

/** The reason for a difference; undefined when nobody has thought of one. */
export function reasonFor(row: Omit<Row, "why">): string | undefined {
  const fits = (pattern: RegExp | undefined, text: string): boolean => pattern === undefined || pattern.test(text);
  return reasons.find(
    ({ scenario, request, original, malt }) =>
      fits(scenario, row.scenario) &&
      fits(request, row.request) &&
      fits(original, row.original) &&
      fits(malt, row.malt),
  )?.why;
}
