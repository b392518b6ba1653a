/** The report as tests read it from text. */

import type { Report } from "../../../lib/metrics/report.ts";

export type { Report };

export function parse(text: string): Report {
  return JSON.parse(text) as Report;
}
