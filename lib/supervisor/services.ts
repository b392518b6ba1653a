/** The services: one process each, started again whenever it ends. */

import { serviceRestartAfter } from "./backoff.ts";
import { signalChild } from "./child.ts";
import { describeDeath, hint, type Death } from "./death.ts";
import type { Journal } from "./journal.ts";
import { startWorker, type WorkerLaunch } from "./worker-process.ts";

export interface ServicePlan {
  /** Name of its process group: `service:NAME`. */
  readonly group: string;
  /** "uid=U, gid=G and threads=0", for the log. */
  readonly identity: string;
  /** Where what it prints and logs goes to. */
  readonly output: Journal;
  launch(): WorkerLaunch;
}

export interface Services {
  pids(): readonly number[];
  /** Ends all for good, by force after `graceMs` (0 is never); resolves when none is left. */
  stop(why: string, graceMs: number): Promise<void>;
  /** Kills all at once, with what they started. */
  kill(): void;
}

interface Running {
  readonly group: string;
  /** Resolves when it has ended and its last words are read. */
  readonly gone: Promise<void>;
}

/** Starts all; what happens to them is written to `journal`. */
export function startServices(plans: readonly ServicePlan[], journal: Journal): Services {
  const running = new Map<number, Running>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let closing = false;
  const info = (text: string) => void journal.write("wsgi", "info", text);

  const start = (plan: ServicePlan, failures: number): void => {
    const { group } = plan;
    const process = startWorker(plan.launch(), plan.output, () => undefined);
    if ("problem" in process) return again(plan, failures, null, 0, `'${group}' did not start: ${process.problem}`);
    const { pid } = process;
    const startedAt = performance.now();
    info(`mod_wsgi (pid=${pid}): Starting process '${group}' with ${plan.identity}.`);
    const gone = process.death.then((death) => {
      running.delete(pid);
      info(`mod_wsgi (pid=${pid}): Process '${group}' ended: ${describeDeath(death)}.`);
      again(plan, failures, death, performance.now() - startedAt, `mod_wsgi (pid=${pid}): Process '${group}'`);
    });
    running.set(pid, { group, gone });
  };

  const again = (plan: ServicePlan, failures: number, death: Death | null, ranMs: number, what: string): void => {
    if (closing) return;
    const failed = death === null || death.code !== 0;
    const { early, delayMs } = serviceRestartAfter(failures, failed, ranMs);
    const how = death === null ? "" : ` died unexpectedly: ${describeDeath(death)}${hint(death)}`;
    const when = `in ${delayMs / 1000} s`;
    if (failed) void journal.write("wsgi", "error", `${what}${how}; it is started again ${when}.`);
    else info(`${what} has died, deregister and restart it.`);
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(plan, early);
    }, delayMs);
    timers.add(timer);
  };

  const signalAll = (signal: NodeJS.Signals, withAll: boolean) => {
    for (const pid of running.keys()) signalChild(pid, signal, withAll);
  };
  const close = () => {
    closing = true;
    for (const timer of timers) clearTimeout(timer);
  };

  for (const plan of plans) start(plan, 0);

  return {
    pids: () => [...running.keys()],
    async stop(why, graceMs) {
      close();
      for (const [pid, { group }] of running) info(`mod_wsgi (pid=${pid}): Shutdown requested '${group}' (${why}).`);
      signalAll("SIGTERM", false);
      const deadline = graceMs === 0 ? undefined : setTimeout(() => signalAll("SIGKILL", true), graceMs);
      await Promise.all([...running.values()].map(({ gone }) => gone));
      clearTimeout(deadline);
    },
    kill() {
      close();
      signalAll("SIGKILL", true);
    },
  };
}
