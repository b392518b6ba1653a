/** The life of the server: claims what it needs, starts the processes, waits for a signal, ends them, tidies up. */

import { createConsola } from "consola";
import { errorLayout } from "../logs/error-format.ts";
import { levelFilter } from "../logs/levels.ts";
import { raiseDescriptorLimit } from "../os/limits.ts";
import { forgetProgramCode } from "../os/memory.ts";
import { reapOrphans } from "../os/reap.ts";
import type { Settings } from "../settings/settings.ts";
import { accessPlan } from "./access-plan.ts";
import { activatedSockets } from "./activation.ts";
import { banner, siteUrl } from "./banner.ts";
import { openCertificates } from "./certificate-watch.ts";
import { cleanEnvironment } from "./child-environment.ts";
import { ownCommands, type Commands } from "./commands.ts";
import { openControlSocket } from "./control-socket.ts";
import { freshSettings, type Reread } from "./fresh-settings.ts";
import { startFrontEnds } from "./front-ends.ts";
import { furnishServerRoot } from "./furnish.ts";
import { openJournal, type Journal } from "./journal.ts";
import { openListeners } from "./listeners.ts";
import { openLogs } from "./log-files.ts";
import { announceStart, obey } from "./obey.ts";
import { claimServerRoot } from "./pid-file.ts";
import { settingsFile } from "./root-files.ts";
import { makeServerRoot } from "./server-root.ts";
import { servicePlans } from "./service-plan.ts";
import { serviceManager } from "./service-manager.ts";
import { startServices } from "./services.ts";
import { takeSignals } from "./signals.ts";
import { serverMetrics } from "../metrics/scoreboard.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { makeSocketFolder } from "./socket-folder.ts";
import { stop } from "./stop.ts";
import { becomeProgram, inheritedText } from "./upgrade.ts";
import { reportStart } from "./startup-log.ts";
import { StartupError } from "./startup-error.ts";
import { workerPlan } from "./worker-plan.ts";
import { startPool, type WorkerPool } from "./worker-pool.ts";
import { joinPools } from "./worker-pools.ts";

// By then the workers of most sites are ready, and this process has little left to do.
const SETTLED_MS = 5000;

/**
 * Runs the server until it is told to stop, and resolves with the exit code: 0 after a stop, 1 when it could not be
 * started, the reason then being on stderr. `commands` is what it starts; tests have their own. `up` is called when
 * nothing can keep it from serving any more. `warnings` were shown before, and go to the startup log as well. `reread` is
 * called when the server restarts.
 */
export async function supervise(
  settings: Settings,
  commands: Commands = ownCommands(),
  up: () => void = () => undefined,
  warnings: readonly string[] = [],
  reread: Reread = () => settings,
): Promise<number> {
  try {
    const end = await run(settings, commands, up, warnings, reread);
    return typeof end === "number" ? end : complain(becomeProgram(end.heirloom));
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    const unreported = reportStart(settings, "crit", [error.message]);
    // It may be what kept the server from starting.
    if (unreported !== null && !error.message.startsWith(unreported)) complain(unreported);
    return complain(error.message);
  }
}

/** Runs the server until it is told to stop. Returns an exit code, or the listeners that another program is to go on with. */
async function run(
  given: Settings,
  commands: Commands,
  up: () => void,
  warnings: readonly string[],
  reread: Reread,
): Promise<number | { heirloom: string }> {
  await using cleanup = new AsyncDisposableStack();
  // Before there is a pid file: whoever finds that may send what otherwise would end the process.
  const signals = cleanup.use(takeSignals(given.debugging !== null));
  const inherited = inheritedText();
  const own = cleanEnvironment(process.env);
  raiseDescriptorLimit();

  // The port first: when it is taken, nothing on disk was touched that the other server may be using.
  const activated = activatedSockets(process.env, given.listeners);
  const listeners = await openListeners(given, activated, inherited);
  const settings = { ...given, listeners: listeners.settings };
  cleanup.adopt(listeners, (open) => open.close());
  const certificates = settings.tls && openCertificates(settings.tls, settings.site.serverName);
  cleanup.defer(() => certificates?.stop());
  makeServerRoot(settings);
  cleanup.adopt(claimServerRoot(settings.server), (claim) => claim.release());
  furnishServerRoot(settings, commands);
  const unreported = reportStart(settings, "warn", warnings);
  if (unreported !== null) throw new StartupError(`${unreported}\n  --startup-log-name names another file`);
  let journal: Journal | undefined;
  const logs = openLogs(settings.logs, settings.services, own, (problem) => {
    // Whichever of the two can be written.
    void journal?.write("core", "error", problem);
    if (journal === undefined || !settings.logs.toTerminal) complain(problem);
  });
  cleanup.adopt(logs, (open) => open.close());
  const passes = levelFilter(settings.logs);
  const layout = errorLayout(settings.logs, settings.site.serverName ?? settings.listeners.hostLabel);
  journal = openJournal(logs.error, passes, layout);
  const sockets = makeSocketFolder(settings);
  cleanup.adopt(sockets, (folder) => folder.remove());

  process.stdout.write(banner(settings, listeners, settingsFile(settings)));
  sayWhereLogsAre(settings);
  warnOfUnsetVariables(settings, own, journal);

  let pool: WorkerPool | undefined;
  const made = Promise.withResolvers<Reporter>();
  const report = async () => (await made.promise).report();
  const fresh = freshSettings(settings, reread);
  const frontEnds = startFrontEnds(
    {
      count: settings.frontEnds.count,
      argv: commands.frontEnd,
      environment: own,
      secret: crypto.getRandomValues(new Uint8Array(32)).toHex(),
      get settings() {
        return fresh.settings;
      },
      fds: listeners.fds,
      handles: listeners.handles,
      tls: () => certificates?.material ?? null,
      access: logs.access,
      error: logs.error,
      stray: (pid, line) => journal.write("core", "error", line, { pid, tid: pid }),
      introductions: () => pool?.introductions() ?? [],
      workerLost: (id, why) => pool?.lost(id, why),
      report,
    },
    journal,
  );
  const metrics = async () => serverMetrics(await report());
  const plan = workerPlan(settings, commands.runAs, listeners.port, own, sockets, journal, metrics);
  const access = accessPlan(settings, commands.runAs, plan);
  const foreground = settings.debugging && {
    interrupted: () => signals.add({ signal: "SIGINT", wish: "stop" }),
    ended: (code: number) => signals.add({ signal: null, wish: "stop", code }),
    underGdb: settings.debugging.gdb !== null,
  };
  pool = joinPools([
    startPool(plan, journal, frontEnds, foreground),
    ...(access === null ? [] : [startPool(access, journal, frontEnds)]),
  ]);
  const services = startServices(
    servicePlans(
      settings,
      commands.runAs,
      listeners.port,
      own,
      journal,
      ({ name }) => openJournal(logs.services.get(name) ?? logs.error, passes, layout),
      metrics,
    ),
    journal,
  );
  const reporter = createReporter({ settings, url: siteUrl(settings, listeners.port), frontEnds, pool, services });
  made.resolve(reporter);
  cleanup.use(openControlSocket(settings.server, reporter, journal));
  cleanup.use(adoptOrphans([frontEnds, pool, services, logs]));
  certificates?.begin(journal, (tls) => frontEnds.tell({ kind: "certificates", tls }));
  const manager = serviceManager(process.env["NOTIFY_SOCKET"], journal);
  const running = { settings, fresh, frontEnds, pool, services, certificates, logs, journal, manager };
  announceStart(running);
  void Promise.all([frontEnds.serving, pool.serving]).then(() => manager.ready());
  up();
  const settled = setTimeout(forgetProgramCode, SETTLED_MS);
  const last = await obey(signals, running);
  const heirloom = last.wish === "upgrade" ? listeners.bequeath() : undefined;
  // Once the front ends have closed theirs too, nothing is queued that nobody will accept.
  listeners.close();
  const { wish, code = 0 } = await stop(signals, running, last);
  clearTimeout(settled);
  if (wish === "upgrade" && heirloom !== undefined) return { heirloom };
  if (heirloom !== undefined) listeners.disinherit();
  return code;
}

/** As PID 1 of a container this process inherits the orphans of all others there, and hears when one ends. */
function adoptOrphans(ours: readonly { pids(): readonly number[] }[]): Disposable {
  const reap = () => reapOrphans(new Set(ours.flatMap((some) => some.pids())));
  if (process.pid === 1) process.on("SIGCHLD", reap);
  return { [Symbol.dispose]: () => void process.off("SIGCHLD", reap) };
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

function complain(problem: string): 1 {
  process.stderr.write(`malt: ${problem}\n`);
  return 1;
}
