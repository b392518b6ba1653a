/** One measured run: warm up, load, and what it cost. */

import { cpuMicroseconds } from "./process-tree.ts";
import type { RunningServer } from "./launch.ts";
import { runWrk } from "./wrk.ts";
import type { WrkErrors } from "./wrk-report.ts";

export interface Run {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** User and system time of all processes of the server. */
  readonly cpuUsPerRequest: number;
  readonly errors: WrkErrors;
}

// Caches and branch predictors, lazily made threads and Django's first render are not what is compared, nor is a compiler
// that watches the program run for some seconds, as PyPy has one and Malt's front end.
const warmUpSeconds = 8;

/** Measure `server` with requests for `target` over `seconds`. */
export async function measure(server: RunningServer, target: string, seconds: number): Promise<Run | Error> {
  const url = `http://127.0.0.1:${server.port}${target}`;
  const warmUp = await runWrk(url, warmUpSeconds);
  if (warmUp instanceof Error) return warmUp;
  const before = cpuMicroseconds(server.pid);
  const report = await runWrk(url, seconds);
  const after = cpuMicroseconds(server.pid);
  if (report instanceof Error) return report;
  if (report.requests === 0) return new Error(`not one of the requests to ${url} was answered in ${seconds} s`);
  return {
    requestsPerSecond: (report.requests / report.durationUs) * 1e6,
    p50Ms: report.p50Us / 1000,
    p99Ms: report.p99Us / 1000,
    cpuUsPerRequest: (after - before) / report.requests,
    errors: report.errors,
  };
}
