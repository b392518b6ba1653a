/** Several pools of workers as one: what happens to the server happens to all of them. */

import type { WorkerPool } from "./worker-pool.ts";

export function joinPools(pools: readonly WorkerPool[]): WorkerPool {
  return {
    serving: Promise.all(pools.map(({ serving }) => serving)).then(() => undefined),
    introductions: () => pools.flatMap((pool) => pool.introductions()),
    pids: () => pools.flatMap((pool) => pool.pids()),
    async report(stacks) {
      const reports = await Promise.all(pools.map((pool) => pool.report(stacks)));
      const ends: Record<string, number> = {};
      for (const [reason, count] of reports.flatMap((report) => Object.entries(report.ends))) {
        ends[reason] = (ends[reason] ?? 0) + count;
      }
      return {
        workers: reports.flatMap(({ workers }) => workers),
        requests: reports.reduce((sum, { requests }) => sum + requests, 0),
        cpuMs: reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        ends,
        recent: reports.flatMap(({ recent }) => recent).toSorted((one, other) => other.at - one.at),
      };
    },
    async renew(why, reason) {
      await Promise.all(pools.map((pool) => pool.renew(why, reason)));
    },
    // Those without the terminal do nothing.
    interrupt: () => pools.forEach((pool) => pool.interrupt()),
    // The others don't know the number.
    lost: (id, why) => pools.forEach((pool) => pool.lost(id, why)),
    drain: (why, graceMs) => pools.forEach((pool) => pool.drain(why, graceMs)),
    async stop(why, graceMs) {
      await Promise.all(pools.map((pool) => pool.stop(why, graceMs)));
    },
    kill: () => pools.forEach((pool) => pool.kill()),
  };
}
