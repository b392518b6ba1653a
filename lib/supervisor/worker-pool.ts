/** All workers: keeps as many alive as there should be, and acts on what their state machines say. */

import type { ToFrontEnd } from "../control/frontend.ts";
import type { FromWorkerMessage } from "../control/worker.ts";
import { restartAfter } from "./backoff.ts";
import { signalChild } from "./child.ts";
import { describeDeath, hint, type Death } from "./death.ts";
import type { Journal } from "./journal.ts";
import { createTurns } from "./turns.ts";
import { watchOver } from "./watch.ts";
import { startWorker, type WorkerLaunch, type WorkerProcess } from "./worker-process.ts";
import { after, isExpected, judge, started, takesRequests, type WorkerState } from "./worker-state.ts";

export interface PoolPlan {
  readonly count: number;
  /** Name of the process group in the log. */
  readonly group: string;
  /** "uid=U, gid=G and threads=T", for the log. */
  readonly identity: string;
  readonly shutdownMs: number;
  /** How long a worker that is replaced may finish what it has begun; 0 is no limit. */
  readonly gracefulMs: number;
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
  /**
   * Replaces every worker that there is now, some at a time: the replacement is ready before requests go to it, and what
   * the old one has begun is finished. `why` is in the words of the log, `reason` the application's `shutdown_reason`.
   * Resolves when the old ones are gone.
   */
  renew(why: string, reason: string): Promise<void>;
  /** No replacements from now on; workers get no new requests, and stop by themselves after `graceMs` (0 is never). */
  drain(why: string, graceMs: number): void;
  /** Ends all workers, by force after `graceMs` (0 is never); resolves when none is left. */
  stop(why: string, graceMs: number): Promise<void>;
  /** Kills all at once, with what they started. */
  kill(): void;
}

/** What the pool needs of the front ends. */
export interface Audience {
  /** Tells all of them. */
  tell(message: ToFrontEnd): void;
  /** Has all of them finish with a worker; resolves when none has anything in its hands any more. */
  drainWorker(id: number): Promise<void>;
}

/** One place that always has a worker in it, or is about to. */
interface Slot {
  early: number;
  timer?: ReturnType<typeof setTimeout>;
  /** The worker that was started last: it serves, or will. Those before it are on their way out. */
  newest?: Worker;
}

// Why a worker ends that said so itself, having finished what ran.
const BY_ITSELF = "stopped by itself";

// Pipes are empty long before, unless the disk is slow or something that an application started holds them open.
const SILENCE_MS = 2000;

interface Worker {
  readonly id: number;
  readonly slot: Slot;
  readonly process: WorkerProcess;
  /** Serves until this one is ready. */
  readonly predecessor: Worker | undefined;
  state: WorkerState;
  /** Why it is replaced, as its front ends and its application are told once the replacement is ready. */
  farewell: Farewell;
}

interface Farewell {
  readonly why: string;
  readonly reason: string;
}

// Each that is being replaced has a second worker beside it: a quarter of them at a time bounds memory and load, and
// takes four times as long as one start.
const SHARE_AT_ONCE = 1 / 4;

/** Starts the workers; the front ends hear of them. */
export function startPool(plan: PoolPlan, journal: Journal, frontEnds: Audience): WorkerPool {
  const { group } = plan;
  const workers = new Map<number, Worker>();
  const slots: Slot[] = Array.from({ length: plan.count }, () => ({ early: 0 }));
  const turns = createTurns(Math.ceil(plan.count * SHARE_AT_ONCE));
  let lastId = 0;
  let closing = false;
  const empty = Promise.withResolvers<void>();
  const talking = new Set<Promise<unknown>>();
  const info = (text: string) => void journal.write("wsgi", "info", text);

  /** Starts a worker; `predecessor`, if it still lives, serves until this one is ready. */
  const start = (slot: Slot, predecessor?: Worker): void => {
    const id = ++lastId;
    const process = startWorker(plan.launch(id), journal, (message) => hear(id, message));
    if ("problem" in process)
      return replace(slot, predecessor, null, `a worker of process group '${group}' did not start: ${process.problem}`);
    info(`mod_wsgi (pid=${process.pid}): Starting process '${group}' with ${plan.identity}.`);
    const farewell = { why: "", reason: "" };
    const worker: Worker = { id, slot, process, predecessor, state: started(performance.now()), farewell };
    workers.set(id, worker);
    watch.hasten();
    slot.newest = worker;
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
      watch.hasten();
      return;
    }
    if (message.kind === "leave") {
      const { why, reason, serving } = message;
      if (serving) void turns.take(() => replaceLiving(worker, { why, reason }));
      else depart(worker, { why, reason });
      return;
    }
    if (message.kind !== "ready" || worker.state.phase !== "starting") return;
    worker.state = after(worker.state, { kind: "ready" }, performance.now());
    info(`mod_wsgi (pid=${pid}): Process '${group}' is ready, Python ${message.python}.`);
    frontEnds.tell({ kind: "worker-up", id, pid, socket: plan.socket(id) });
    if (worker.predecessor !== undefined) retire(worker.predecessor);
  };

  /** Has another worker take its place; resolves when it is gone. Nothing to do for one whose place is taken already. */
  const replaceLiving = async (worker: Worker, farewell: Farewell): Promise<void> => {
    const { slot, predecessor, state } = worker;
    if (closing || !workers.has(worker.id) || slot.newest !== worker) return;
    worker.farewell = farewell;
    if (state.phase === "starting") {
      // It is of no use any more: another begins anew in its place.
      start(slot, predecessor);
      stopOne(worker, farewell, plan.shutdownMs);
    } else {
      start(slot, worker);
    }
    await worker.process.death;
  };

  /** Its replacement is ready: it finishes what it has, and stops. */
  const retire = (worker: Worker) => {
    const { id, process, farewell } = worker;
    if (!workers.has(id) || !takesRequests(worker.state)) return;
    const happening = { kind: "drain", why: farewell.why, graceMs: plan.gracefulMs } as const;
    worker.state = after(worker.state, happening, performance.now());
    watch.hasten();
    info(`mod_wsgi (pid=${process.pid}): Process '${group}' finishes its requests (${farewell.why}).`);
    void frontEnds.drainWorker(id).then(() => stopOne(worker, farewell, plan.shutdownMs));
  };

  /** It starts nothing more: another must take its place at once, while it finishes what it has begun. */
  const depart = (worker: Worker, farewell: Farewell) => {
    const { id, slot, predecessor } = worker;
    if (closing) return;
    if (slot.newest === worker) start(slot, predecessor);
    void frontEnds.drainWorker(id);
    stopOne(worker, farewell, plan.shutdownMs);
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
    frontEnds.tell({ kind: "worker-down", id, why: expected ? worker.state.why : how });
    if (closing) {
      if (workers.size === 0) empty.resolve();
      return;
    }
    // The place of one that was replaced is taken.
    const vacant = slot.newest === worker;
    if (expected) {
      if (vacant) start(slot, worker.predecessor);
    } else {
      const readyMs = state.readyAt === null ? null : now - state.readyAt;
      const next = vacant ? slot : undefined;
      replace(
        next,
        worker.predecessor,
        readyMs,
        `mod_wsgi (pid=${pid}): Process '${group}' died unexpectedly: ${how}${hint(death)}`,
      );
    }
  };

  /** A failure: says so, and fills `slot` again, if it is empty, after a while that grows with each failure. */
  const replace = (slot: Slot | undefined, predecessor: Worker | undefined, readyMs: number | null, what: string) => {
    if (closing) return;
    if (slot === undefined) return void journal.write("wsgi", "error", `${what}; it has been replaced already.`);
    const { early, delayMs } = restartAfter(slot.early, readyMs);
    slot.early = early;
    void journal.write("wsgi", "error", `${what}; it is replaced ${delayMs === 0 ? "now" : `in ${delayMs / 1000} s`}.`);
    if (delayMs === 0) return start(slot, predecessor);
    slot.timer = setTimeout(() => start(slot, predecessor), delayMs);
  };

  const stopOne = (worker: Worker, { why, reason }: Farewell, graceMs: number) => {
    if (!workers.has(worker.id)) return;
    const before = worker.state.phase;
    worker.state = after(worker.state, { kind: "stop", why, graceMs }, performance.now());
    watch.hasten();
    if (before === "stopping") return;
    info(`mod_wsgi (pid=${worker.process.pid}): Shutdown requested '${group}' (${why}).`);
    worker.process.send({ kind: "stop", reason });
  };

  const watch = watchOver(() => {
    const now = performance.now();
    for (const worker of workers.values()) {
      const verdict = judge(worker.state, { now });
      if (verdict.act === "stop") stopOne(worker, worker.farewell, plan.shutdownMs);
      if (verdict.act === "signal") {
        worker.state = after(worker.state, { kind: "signalled" }, now);
        signalChild(worker.process.pid, "SIGTERM", false);
      }
      if (verdict.act !== "kill") continue;
      info(`mod_wsgi (pid=${worker.process.pid}): Aborting process '${group}' (${verdict.why}).`);
      signalChild(worker.process.pid, "SIGKILL", true);
    }
    return [...workers.values()].some(({ state }) => !takesRequests(state));
  });

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
    async renew(why, reason) {
      const farewell = { why, reason };
      // One that isn't ready yet costs no second process: it needn't wait for its turn.
      const renewals = slots.flatMap(({ newest }) => {
        if (newest === undefined) return [];
        if (newest.state.phase === "starting") return [replaceLiving(newest, farewell)];
        return [turns.take(() => replaceLiving(newest, farewell))];
      });
      await Promise.all(renewals);
    },
    drain(why, graceMs) {
      close();
      const now = performance.now();
      for (const worker of workers.values()) worker.state = after(worker.state, { kind: "drain", why, graceMs }, now);
      watch.hasten();
    },
    async stop(why, graceMs) {
      close();
      for (const worker of workers.values()) stopOne(worker, { why, reason: "shutdown_signal" }, graceMs);
      await empty.promise;
      await Promise.race([Promise.all(talking), Bun.sleep(SILENCE_MS)]);
      watch.stop();
    },
    kill() {
      close();
      for (const worker of workers.values()) signalChild(worker.process.pid, "SIGKILL", true);
    },
  };
}
