/** What one run of wrk found: the line that report.lua writes, checked. Pure. */

import { errorKinds, type LoadReport } from "./load.ts";

/** Find the report in wrk's standard output. Returns an `Error` when there is none: wrk stopped before its end. */
export function parseWrkReport(output: string): LoadReport | Error {
  const line = output.split("\n").find((candidate) => candidate.startsWith('{"requests":'));
  if (line === undefined) return new Error(`wrk gave no report: ${output.trim().slice(0, 200)}`);
  try {
    const report: unknown = JSON.parse(line);
    return isReport(report) ? report : new Error(`wrk gave an incomplete report: ${line}`);
  } catch {
    return new Error(`wrk gave an unreadable report: ${line}`);
  }
}

function isReport(value: unknown): value is LoadReport {
  if (!hasNumbers(value, ["requests", "durationUs", "p50Us", "p99Us"])) return false;
  return hasNumbers(value["errors"], errorKinds);
}

function hasNumbers(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  return names.every((name) => Number.isFinite(fields[name]));
}
