/** All workers: keeps as many alive as there should be, and acts on what their state machines say. */

import type { ToFrontEnd } from "../control/frontend.ts";
import type { FromWorkerMessage } from "../control/worker.ts";
import { restartAfter } from "./backoff.ts";
import { signalChild } from "./child.ts";
import { describeDeath, hint, type Death } from "./death.ts";
import type { Journal } from "./journal.ts";
import { startWorker, type WorkerLaunch, type WorkerProcess } from "./worker-process.ts";
import { after, isExpected, judge, started, takesRequests, type WorkerState } from "./worker-state.ts";

// The original looks after its workers once a second; deadlines are whole seconds.
const TICK_MS = 200;

export interface PoolPlan {
  readonly count: number;
  /** Name of the process group in the log. */
  readonly group: string;
  /** "uid=U, gid=G and threads=T", for the log. */
  readonly identity: string;
  readonly shutdownMs: number;
  /** How worker `id` is started, asked anew each time. */
  launch(id: number): WorkerLaunch;
  socket(id: number): string;
  /** Takes away what a dead worker left. */
  forget(id: number): void;
}

export interface WorkerPool {
  /** A "worker-up" for each that takes requests, for a front end that has just started. */
  introductions(): readonly ToFrontEnd[];
  pids(): readonly number[];
  /** No replacements from now on; workers get no new requests, and stop by themselves after `graceMs` (0 is never). */
  drain(why: string, graceMs: number): void;
  /** Ends all workers, by force after `graceMs` (0 is never); resolves when none is left. */
  stop(why: string, graceMs: number): Promise<void>;
  /** Kills all at once, with what they started. */
  kill(): void;
}

/** One place that always has a worker in it, or is about to. */
interface Slot {
  early: number;
  timer?: ReturnType<typeof setTimeout>;
}

// Why a worker ends that said so itself, having finished what ran.
const BY_ITSELF = "stopped by itself";

// Pipes are empty long before, unless the disk is slow or something that an application started holds them open.
const SILENCE_MS = 2000;

interface Worker {
  readonly id: number;
  readonly slot: Slot;
  readonly process: WorkerProcess;
  state: WorkerState;
}

/** Starts the workers; `tell` is what every front end is to hear. */
export function startPool(plan: PoolPlan, journal: Journal, tell: (message: ToFrontEnd) => void): WorkerPool {
  const { group } = plan;
  const workers = new Map<number, Worker>();
  const slots: Slot[] = Array.from({ length: plan.count }, () => ({ early: 0 }));
  let lastId = 0;
  let closing = false;
  const empty = Promise.withResolvers<void>();
  const talking = new Set<Promise<unknown>>();
  const info = (text: string) => void journal.write("wsgi", "info", text);

  const start = (slot: Slot): void => {
    const id = ++lastId;
    const process = startWorker(plan.launch(id), journal, (message) => hear(id, message));
    if ("problem" in process)
      return replace(slot, null, `a worker of process group '${group}' did not start: ${process.problem}`);
    info(`mod_wsgi (pid=${process.pid}): Starting process '${group}' with ${plan.identity}.`);
    const worker: Worker = { id, slot, process, state: started(performance.now()) };
    workers.set(id, worker);
    talking.add(process.silent);
    void process.silent.finally(() => talking.delete(process.silent));
    void process.death.then((death) => bury(worker, death));
  };

  const hear = (id: number, message: FromWorkerMessage) => {
    const worker = workers.get(id);
    if (worker === undefined) return;
    const { pid } = worker.process;
    if (message.kind === "stopped") {
      worker.state = after(worker.state, { kind: "stop", why: BY_ITSELF, graceMs: plan.shutdownMs }, performance.now());
      return;
    }
    if (message.kind !== "ready" || worker.state.phase !== "starting") return;
    worker.state = after(worker.state, { kind: "ready" }, performance.now());
    info(`mod_wsgi (pid=${pid}): Process '${group}' is ready, Python ${message.python}.`);
    tell({ kind: "worker-up", id, pid, socket: plan.socket(id) });
  };

  const bury = (worker: Worker, death: Death) => {
    const {
      id,
      slot,
      state,
      process: { pid },
    } = worker;
    const now = performance.now();
    const left = state.why === BY_ITSELF && death.code === 0 && state.readyAt !== null;
    const expected = left || (isExpected(state) && state.why !== BY_ITSELF);
    const how = describeDeath(death);
    worker.state = after(state, { kind: "exit", why: how }, now);
    workers.delete(id);
    plan.forget(id);
    if (!closing) info(`mod_wsgi (pid=${pid}): Process '${group}' has died, deregister and restart it.`);
    info(`mod_wsgi (pid=${pid}): Process '${group}' ended: ${how}.`);
    info(`mod_wsgi (pid=${pid}): Process '${group}' has been deregistered and will no longer be monitored.`);
    tell({ kind: "worker-down", id, why: expected ? worker.state.why : how });
    if (closing) {
      if (workers.size === 0) empty.resolve();
    } else if (expected) {
      start(slot);
    } else {
      const readyMs = state.readyAt === null ? null : now - state.readyAt;
      replace(slot, readyMs, `mod_wsgi (pid=${pid}): Process '${group}' died unexpectedly: ${how}${hint(death)}`);
    }
  };

  const replace = (slot: Slot, readyMs: number | null, what: string): void => {
    if (closing) return;
    const { early, delayMs } = restartAfter(slot.early, readyMs);
    slot.early = early;
    void journal.write("wsgi", "error", `${what}; it is replaced ${delayMs === 0 ? "now" : `in ${delayMs / 1000} s`}.`);
    if (delayMs === 0) return start(slot);
    slot.timer = setTimeout(() => start(slot), delayMs);
  };

  const stopOne = (worker: Worker, why: string, graceMs: number) => {
    const before = worker.state.phase;
    worker.state = after(worker.state, { kind: "stop", why, graceMs }, performance.now());
    if (before === "stopping") return;
    info(`mod_wsgi (pid=${worker.process.pid}): Shutdown requested '${group}' (${why}).`);
    signalChild(worker.process.pid, "SIGTERM", false);
  };

  const tick = setInterval(() => {
    const now = performance.now();
    for (const worker of workers.values()) {
      const verdict = judge(worker.state, { now });
      if (verdict.act === "stop") stopOne(worker, verdict.why, plan.shutdownMs);
      if (verdict.act !== "kill") continue;
      info(`mod_wsgi (pid=${worker.process.pid}): Aborting process '${group}' (${verdict.why}).`);
      signalChild(worker.process.pid, "SIGKILL", true);
    }
  }, TICK_MS);

  const close = () => {
    closing = true;
    for (const slot of slots) clearTimeout(slot.timer);
    if (workers.size === 0) empty.resolve();
  };

  for (const slot of slots) start(slot);

  return {
    introductions: () =>
      [...workers.values()]
        .filter(({ state }) => takesRequests(state))
        .map(({ id, process: { pid } }) => ({ kind: "worker-up", id, pid, socket: plan.socket(id) })),
    pids: () => [...workers.values()].map((worker) => worker.process.pid),
    drain(why, graceMs) {
      close();
      const now = performance.now();
      for (const worker of workers.values()) worker.state = after(worker.state, { kind: "drain", why, graceMs }, now);
    },
    async stop(why, graceMs) {
      close();
      for (const worker of workers.values()) stopOne(worker, why, graceMs);
      await empty.promise;
      await Promise.race([Promise.all(talking), Bun.sleep(SILENCE_MS)]);
      clearInterval(tick);
    },
    kill() {
      close();
      for (const worker of workers.values()) signalChild(worker.process.pid, "SIGKILL", true);
    },
  };
}
