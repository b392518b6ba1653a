/** What goes on at the moment of a report, over all processes. Pure. */

import type { FrontEndCounts, Report, RunningRequest, WorkerReport } from "./report.ts";

export interface Present {
  /** Request threads there are to be, and those with a request. */
  readonly threads: number;
  readonly busyThreads: number;
  readonly waiting: number;
  readonly oldestWaitMs: number;
  readonly running: number;
  readonly connections: number;
  readonly busyConnections: number;
}

export function presentOf(report: Report): Present {
  const { capacity, frontEnds } = report;
  const counts = frontEnds.flatMap((frontEnd) => frontEnd.counts ?? []);
  const sum = (of: (one: FrontEndCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  return {
    threads: capacity.processes * capacity.threads,
    busyThreads: applicationWorkers(report)
      .flatMap(({ threads }) => threads)
      .filter(({ request }) => request !== null).length,
    waiting: sum(({ waiting }) => waiting),
    oldestWaitMs: Math.max(0, ...counts.map(({ oldestWaitMs }) => oldestWaitMs)),
    running: sum(({ running }) => running),
    connections: sum(({ connections }) => connections),
    busyConnections: sum(({ busy }) => busy),
  };
}

/** Those that run the application. */
export function applicationWorkers({ workers }: Report): readonly WorkerReport[] {
  return workers.filter(({ pool }) => pool === "application");
}

/** A request, and who has it. */
export interface PlacedRequest extends RunningRequest {
  readonly pid: number;
  readonly thread: number;
}

/** All that workers run, the longest first. */
export function runningRequests({ workers }: Pick<Report, "workers">): readonly PlacedRequest[] {
  const running: PlacedRequest[] = [];
  for (const { pid, threads } of workers) {
    for (const { number, request } of threads) if (request !== null) running.push({ ...request, pid, thread: number });
  }
  return running.toSorted((one, other) => other.runningMs - one.runningMs);
}
