/** The life of the server: claims what it needs, starts the processes, waits for a signal, ends them, tidies up. */

import { createConsola } from "consola";
import { levelFilter } from "../logs/levels.ts";
import { raiseDescriptorLimit } from "../os/limits.ts";
import { reapOrphans } from "../os/reap.ts";
import type { Settings } from "../settings/settings.ts";
import { banner } from "./banner.ts";
import { cleanEnvironment } from "./child-environment.ts";
import { ownCommands, type Commands } from "./commands.ts";
import { startFrontEnds, type FrontEnds } from "./front-ends.ts";
import { openJournal, type Journal } from "./journal.ts";
import { openListeners } from "./listeners.ts";
import { openLogs } from "./log-files.ts";
import { claimServerRoot } from "./pid-file.ts";
import { fillServerRoot, makeServerRoot, settingsFile } from "./server-root.ts";
import { stopRequest } from "./signals.ts";
import { makeSocketFolder } from "./socket-folder.ts";
import { StartupError } from "./startup-error.ts";
import { installWorkerFiles } from "./worker-files.ts";
import { workerFolder, workerPlan } from "./worker-plan.ts";
import { startPool, type WorkerPool } from "./worker-pool.ts";

// What is left of a stop when clients have already used up --shutdown-timeout: container runtimes kill after 10 s,
// and the default is 5 s.
const LAST_GRACE_MS = 1000;

// Everything here is written for any number; more than one wants a listener each, or one of them gets all clients.
const FRONT_ENDS = 1;

const REAP_MS = 1000;

/**
 * Runs the server until it is told to stop, and resolves with the exit code: 0 after a stop, 1 when it could not be
 * started, the reason then being on stderr. `commands` is what it starts; tests have their own.
 */
export async function supervise(settings: Settings, commands: Commands = ownCommands()): Promise<number> {
  try {
    await run(settings, commands);
    return 0;
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    complain(error.message);
    return 1;
  }
}

async function run(settings: Settings, commands: Commands): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const own = cleanEnvironment(process.env);
  raiseDescriptorLimit();

  // The port first: when it is taken, nothing on disk was touched that the other server may be using.
  const listeners = await openListeners(settings.listeners);
  cleanup.adopt(listeners, (open) => open.close());
  makeServerRoot(settings);
  cleanup.adopt(claimServerRoot(settings.server), (claim) => claim.release());
  fillServerRoot(settings);
  installWorkerFiles(workerFolder(settings), commands.workerSources);
  const logs = openLogs(settings.logs, complain);
  cleanup.adopt(logs, (open) => open.close());
  const journal = openJournal(logs.error, levelFilter(settings.logs));
  const signals = cleanup.use(stopRequest(journal));
  const sockets = makeSocketFolder(settings);
  cleanup.adopt(sockets, (folder) => folder.remove());

  process.stdout.write(banner(settings, listeners.port, settingsFile(settings)));
  sayWhereLogsAre(settings);
  warnOfUnsetVariables(settings, own, journal);

  let pool: WorkerPool | undefined;
  const frontEnds = startFrontEnds(
    {
      count: FRONT_ENDS,
      argv: commands.frontEnd,
      environment: own,
      settings,
      fds: listeners.fds,
      handles: listeners.handles,
      access: logs.access,
      error: logs.error,
      introductions: () => pool?.introductions() ?? [],
      workerLost: (id, why) => pool?.lost(id, why),
    },
    journal,
  );
  pool = startPool(workerPlan(settings, commands.runAs, listeners.port, own, sockets, journal), journal, frontEnds);
  const reaper = adoptOrphans(frontEnds, pool);
  journal.announce(`AH00489: Malt/${settings.program.version} configured -- resuming normal operations`);

  const signal = await signals.first;
  journal.announce(`AH00491: caught ${signal}, shutting down`);
  void signals.second.then(() => {
    frontEnds.kill();
    pool.kill();
  });
  // Once the front ends have closed theirs too, nothing is queued that nobody will accept.
  listeners.close();
  await stop(frontEnds, pool, settings.timeouts.shutdownMs);
  clearInterval(reaper);
}

/** Clients first, then the workers, which by then have nothing to do. */
async function stop(frontEnds: FrontEnds, pool: WorkerPool, shutdownMs: number): Promise<void> {
  const why = "the server stops";
  pool.drain(why, 0);
  const { killed } = await frontEnds.drain(shutdownMs);
  await pool.stop(why, killed ? Math.min(shutdownMs, LAST_GRACE_MS) : shutdownMs);
}

/** As PID 1 of a container this process inherits the orphans of all others there. */
function adoptOrphans(frontEnds: FrontEnds, pool: WorkerPool): ReturnType<typeof setInterval> | undefined {
  if (process.pid !== 1) return undefined;
  return setInterval(() => reapOrphans(new Set([...frontEnds.pids(), ...pool.pids()])), REAP_MS);
}

/** A first run looks dead otherwise: nothing more is printed, and errors go to a file in the temporary directory. */
function sayWhereLogsAre({ logs }: Settings): void {
  if (!process.stdout.isTTY || logs.toTerminal) return;
  const terminal = createConsola({ stdout: process.stderr, stderr: process.stderr });
  const requests = logs.accessLog === null ? "requests are not logged (--access-log)" : `requests to ${logs.accessLog}`;
  terminal.info(`errors are logged to ${logs.errorLog}, ${requests}; --log-to-terminal shows them here`);
}

function warnOfUnsetVariables({ environ }: Settings, own: Readonly<Record<string, string>>, journal: Journal): void {
  for (const name of environ.pass) {
    if (own[name] === undefined) void journal.write("env", "warn", `AH01506: PassEnv variable ${name} was undefined`);
  }
}

function complain(problem: string): void {
  process.stderr.write(`malt: ${problem}\n`);
}
