/** How the workers are started that run the scripts of --host-access-script, --auth-user-script and --auth-group-script. */

import type { WorkerConfig } from "../control/worker.ts";
import type { Settings } from "../settings/settings.ts";
import type { PoolPlan } from "./worker-pool.ts";
import { pythonCommand } from "./worker-plan.ts";

/** The name of their process group, in the log. */
const GROUP = "access";

// Every request waits for a script, and scripts wait for databases and directories. The original runs as many at once as
// one of its processes has threads, which is 25.
const FEWEST_THREADS = 5;
const MOST_THREADS = 25;

// Nobody is left in a worker that is replaced but those whose scripts hang: what asked them waits for its answer meanwhile.
const SHUTDOWN_MS = 1000;

/**
 * The plan of their pool, or null when nothing is asked of scripts. One process is enough, as a script is short; it goes
 * by the same rules as those of the application, whose plan is `plan`, but is never replaced for having worked.
 */
export function accessPlan(settings: Settings, runAs: readonly string[], plan: PoolPlan): PoolPlan | null {
  const { access, application, identity, timeouts, workers } = settings;
  const { hostScript, login } = access;
  if (hostScript === null && login === null) return null;
  const threads = Math.min(MOST_THREADS, Math.max(FEWEST_THREADS, workers.processes * workers.threads));
  const title = `(wsgi:${GROUP})`;
  const scripts = [hostScript, login?.script, login?.group?.script].filter((script) => typeof script === "string");
  const changes: Partial<WorkerConfig> = {
    title,
    threads,
    processGroup: "",
    application: {
      type: "access",
      entryPoint: scripts.join(", "),
      callableObject: "",
      handlers: {},
      access: {
        host: hostScript,
        user: login?.script ?? null,
        type: login?.type ?? "Basic",
        realm: login?.realm ?? "",
        group: login?.group ?? null,
        reloading: application.scriptReloading,
      },
    },
    multithread: true,
    multiprocess: false,
    runOnce: false,
    // They are reloaded in place.
    reloading: false,
    reloadOnChanges: false,
    embedded: false,
    maximumProcesses: 1,
    shutdownTimeoutMs: SHUTDOWN_MS,
    maximumRequests: 0,
    ignoresActivity: false,
    debugging: null,
  };
  return {
    ...plan,
    pool: "access",
    count: 1,
    threads,
    group: GROUP,
    identity: `uid=${identity.uid}, gid=${identity.gid} and threads=${threads}`,
    shutdownMs: SHUTDOWN_MS,
    limits: {
      startupMs: 0,
      requestMs: timeouts.requestMs,
      restartMs: 0,
      cpuMs: 0,
      deadlockMs: timeouts.deadlockMs,
      inactivityMs: 0,
    },
    launch(id) {
      const launch = plan.launch(id);
      const own = launch.config as WorkerConfig;
      const config = { ...own, ...changes, environ: seenByScripts(own.environ) };
      return { ...launch, argv: pythonCommand(settings, identity, title, runAs), config, onTerminal: false };
    },
  };
}

/** Of what an environ always has, the part that the original shows to such scripts. */
function seenByScripts(environ: WorkerConfig["environ"]): WorkerConfig["environ"] {
  const names = ["DOCUMENT_ROOT", "SERVER_SOFTWARE", "SERVER_SIGNATURE", "SERVER_ADMIN", "mod_wsgi.application_group"];
  return Object.fromEntries(names.map((name) => [name, environ[name] ?? ""]));
}
