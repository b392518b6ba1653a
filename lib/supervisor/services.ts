/** The services: one process each, started again whenever it ends. */

import type { FromWorkerMessage } from "../control/worker.ts";
import type { ServiceReport } from "../metrics/report.ts";
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
  /** What its script gets that asks for the metrics of the server. */
  metrics(): Promise<unknown>;
  launch(): WorkerLaunch;
}

export interface Services {
  pids(): readonly number[];
  report(): readonly ServiceReport[];
  /** Ends each, by force after `graceMs` (0 is never), and starts it again at once; resolves when all have ended. */
  renew(why: string, graceMs: number): Promise<void>;
  /** Ends all for good, by force after `graceMs` (0 is never); resolves when none is left. */
  stop(why: string, graceMs: number): Promise<void>;
  /** Kills all at once, with what they started. */
  kill(): void;
}

interface Running {
  readonly group: string;
  readonly startedAt: number;
  /** Resolves when it has ended and its last words are read. */
  readonly gone: Promise<void>;
  /** Its end was asked for, to start it again. */
  renewed: boolean;
}

/** Starts all; what happens to them is written to `journal`. */
export function startServices(plans: readonly ServicePlan[], journal: Journal): Services {
  const running = new Map<number, Running>();
  /** Starts that are waited for, and what each does. */
  const waiting = new Map<ReturnType<typeof setTimeout>, () => void>();
  let closing = false;
  const info = (text: string) => void journal.write("wsgi", "info", text);

  const start = (plan: ServicePlan, failures: number): void => {
    const { group } = plan;
    const hear = (message: FromWorkerMessage): void => {
      if (message.kind !== "metrics-wanted" || "problem" in process) return;
      const { query } = message;
      void plan.metrics().then((metrics) => process.send({ kind: "metrics", query, metrics }));
    };
    const process = startWorker(plan.launch(), plan.output, hear);
    if ("problem" in process) return again(plan, failures, null, 0, `'${group}' did not start: ${process.problem}`);
    const { pid } = process;
    const startedAt = performance.now();
    info(`mod_wsgi (pid=${pid}): Starting process '${group}' with ${plan.identity}.`);
    const gone = process.death.then((death) => {
      const { renewed } = running.get(pid) ?? { renewed: false };
      running.delete(pid);
      info(`mod_wsgi (pid=${pid}): Process '${group}' ended: ${describeDeath(death)}.`);
      if (renewed && !closing) return start(plan, 0);
      again(plan, failures, death, performance.now() - startedAt, `mod_wsgi (pid=${pid}): Process '${group}'`);
    });
    running.set(pid, { group, startedAt, gone, renewed: false });
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
      waiting.delete(timer);
      start(plan, early);
    }, delayMs);
    waiting.set(timer, () => start(plan, 0));
  };

  const endAll = async (why: string, graceMs: number): Promise<void> => {
    const all = [...running];
    for (const [pid, { group }] of all) {
      info(`mod_wsgi (pid=${pid}): Shutdown requested '${group}' (${why}).`);
      signalChild(pid, "SIGTERM", false);
    }
    const killAll = () => {
      for (const [pid, service] of all) if (running.get(pid) === service) signalChild(pid, "SIGKILL", true);
    };
    const deadline = graceMs === 0 ? undefined : setTimeout(killAll, graceMs);
    await Promise.all(all.map(([, { gone }]) => gone));
    clearTimeout(deadline);
  };
  const takeWaiting = (): (() => void)[] => {
    const starts = [...waiting.values()];
    for (const timer of waiting.keys()) clearTimeout(timer);
    waiting.clear();
    return starts;
  };
  const close = () => {
    closing = true;
    takeWaiting();
  };

  for (const plan of plans) start(plan, 0);

  return {
    pids: () => [...running.keys()],
    report: () =>
      [...running].map(([pid, { group, startedAt }]) => ({
        name: group.replace(/^service:/, ""),
        pid,
        uptimeMs: performance.now() - startedAt,
      })),
    async renew(why, graceMs) {
      for (const service of running.values()) service.renewed = true;
      const ended = endAll(why, graceMs);
      for (const startNow of takeWaiting()) startNow();
      await ended;
    },
    stop(why, graceMs) {
      close();
      return endAll(why, graceMs);
    },
    kill() {
      close();
      for (const pid of running.keys()) signalChild(pid, "SIGKILL", true);
    },
  };
}
