/** A server that runs: what signals act upon. */

import type { Settings } from "../settings/settings.ts";
import type { CertificateWatch } from "./certificate-watch.ts";
import type { FreshSettings } from "./fresh-settings.ts";
import type { FrontEnds } from "./front-ends.ts";
import type { Journal } from "./journal.ts";
import type { LogFiles } from "./log-files.ts";
import type { ServiceManager } from "./service-manager.ts";
import type { Services } from "./services.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface Running {
  readonly settings: Settings;
  readonly fresh: FreshSettings;
  readonly frontEnds: FrontEnds;
  readonly pool: WorkerPool;
  readonly services: Services;
  /** null when there is no port for HTTPS. */
  readonly certificates: CertificateWatch | null;
  readonly logs: LogFiles;
  readonly journal: Journal;
  readonly manager: ServiceManager;
}
