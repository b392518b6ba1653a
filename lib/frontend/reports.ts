/** What the supervisor knows of the server: asked for once at a time, however many clients want to know. */

import type { Report } from "../metrics/report.ts";

export interface Reports {
  /** A report that was begun after the call. */
  ask(): Promise<Report>;
  /** The supervisor has sent one. */
  heard(report: Report): void;
}

/** @param want has the supervisor make one */
export function createReports(want: () => void): Reports {
  let asked: PromiseWithResolvers<Report> | null = null;
  /** For those who came when one was being made: it may not tell of what they have seen. */
  let next: PromiseWithResolvers<Report> | null = null;
  return {
    ask() {
      if (asked !== null) return (next ??= Promise.withResolvers<Report>()).promise;
      asked = Promise.withResolvers<Report>();
      want();
      return asked.promise;
    },
    heard(report) {
      asked?.resolve(report);
      asked = next;
      next = null;
      if (asked !== null) want();
    },
  };
}
