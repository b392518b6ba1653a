/** One measured run: warm up, load, and what it cost. */

import { cpuMicroseconds } from "./process-tree.ts";
import type { RunningServer } from "./launch.ts";
import type { Load, LoadErrors } from "./load.ts";

export interface Run {
  readonly requestsPerSecond: number;
  /** null where the load generator doesn't tell. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** User and system time of all processes of the server. */
  readonly cpuUsPerRequest: number;
  readonly errors: LoadErrors;
}

// Caches and branch predictors, lazily made threads and Django's first render are not what is compared, nor is a compiler
// that watches the program run for some seconds, as PyPy has one and Malt's front end.
const warmUpSeconds = 8;

/** Measure `server` with `load` of requests for `target` over `seconds`. */
export async function measure(
  server: RunningServer,
  load: Load,
  target: string,
  seconds: number,
): Promise<Run | Error> {
  const url = `${server.origin}${target}`;
  const warmUp = await load(url, warmUpSeconds);
  if (warmUp instanceof Error) return warmUp;
  const before = cpuMicroseconds(server.pid);
  const report = await load(url, seconds);
  const after = cpuMicroseconds(server.pid);
  if (report instanceof Error) return report;
  if (report.requests === 0) return new Error(`not one of the requests to ${url} was answered in ${seconds} s`);
  return {
    requestsPerSecond: (report.requests / report.durationUs) * 1e6,
    p50Ms: inMs(report.p50Us),
    p99Ms: inMs(report.p99Us),
    cpuUsPerRequest: (after - before) / report.requests,
    errors: report.errors,
  };
}

function inMs(us: number | null): number | null {
  return us === null ? null : us / 1000;
}
