/** What a front end tells of itself and of the server: its own counts, and the pages that are made of the supervisor's report. */

import { createPages, type Pages } from "../handlers/monitoring/pages.ts";
import type { WorkerPool } from "../handlers/wsgi/pool.ts";
import type { FrontEndCounts } from "../metrics/report.ts";
import type { Traffic } from "../metrics/traffic.ts";
import type { Settings } from "../settings/settings.ts";
import type { Acceptor } from "./listener.ts";
import { createReports, type Reports } from "./reports.ts";

export interface Inside {
  readonly pages: Pages;
  readonly reports: Reports;
  counts(connections: Pick<Acceptor, "count" | "busy">): FrontEndCounts;
}

/** What it is about. */
export interface Known {
  readonly pool: WorkerPool;
  readonly traffic: Traffic;
  readonly state: { readonly draining: boolean };
}

/** @param want asks the supervisor for a report */
export function createInside({ application }: Settings, { pool, state, traffic }: Known, want: () => void): Inside {
  const reports = createReports(want);
  const pages = createPages({
    report: () => reports.ask(),
    wellness: () => {
      const workers = pool.links.filter(({ usable }) => usable);
      return {
        stopping: state.draining,
        application: application.type !== "static",
        workers: workers.length,
        loaded: workers.filter(({ loaded }) => loaded).length,
      };
    },
  });
  return {
    pages,
    reports,
    counts: ({ busy, count }) => ({
      traffic: traffic.counts(),
      connections: count,
      busy,
      running: pool.running,
      waiting: pool.waiting,
      oldestWaitMs: pool.oldestWaitMs,
    }),
  };
}
