/** Puts together what the server knows of itself, whenever somebody asks. */

import type { Report } from "../metrics/report.ts";
import { usageOf } from "../os/proc.ts";
import type { Settings } from "../settings/settings.ts";
import type { FrontEnds } from "./front-ends.ts";
import type { Services } from "./services.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface Reporter {
  /** With `stacks`, down to the line that each thread of each worker runs. */
  report(stacks?: boolean): Promise<Report>;
}

export interface Subjects {
  readonly settings: Settings;
  readonly url: string;
  readonly frontEnds: FrontEnds;
  readonly pool: WorkerPool;
  readonly services: Services;
}

export function createReporter({ settings, url, frontEnds, pool, services }: Subjects): Reporter {
  const startedAt = Date.now();
  const { limits, program, workers } = settings;
  const capacity = { processes: workers.processes, threads: workers.threads, maxClients: limits.maxClients };
  return {
    async report(stacks = false) {
      const [front, back] = await Promise.all([frontEnds.report(), pool.report(stacks)]);
      const own = usageOf(process.pid) ?? { cpuMs: 0, rssBytes: 0 };
      return {
        program: { name: program.name, version: program.version },
        url,
        pid: process.pid,
        startedAt,
        now: Date.now(),
        traffic: front.traffic,
        frontEnds: front.frontEnds,
        workers: back.workers,
        services: services.report(),
        capacity: settings.application.type === "static" ? { ...capacity, processes: 0 } : capacity,
        cpuMs: { supervisor: own.cpuMs, frontEnds: front.cpuMs, workers: back.cpuMs },
        rssBytes: own.rssBytes,
        frontEndEnds: front.ends,
        workerRequests: back.requests,
        workerEnds: back.ends,
        recentEnds: back.recent,
      };
    },
  };
}
