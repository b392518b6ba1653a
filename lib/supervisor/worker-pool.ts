/** The workers of one kind: keeps as many alive as there should be, and acts on what their state machines say. */

import type { PoolName, ToFrontEnd } from "../control/frontend.ts";
import type { Description, FromWorkerMessage } from "../control/worker.ts";
import { restartAfter } from "./backoff.ts";
import { describeDeath, describeEnd, hint, type Death } from "./death.ts";
import { createHistory, reasonOf } from "./history.ts";
import type { Journal } from "./journal.ts";
import { createQuestions } from "./questions.ts";
import { createTurns } from "./turns.ts";
import { createWatchClock } from "./watch-clock.ts";
import { createEnding, type EndingPlan } from "./worker-ending.ts";
import { startWorker, type WorkerLaunch } from "./worker-process.ts";
import { describePool, servedBy, type WorkersReport } from "./worker-report.ts";
import { describeLife, noSigns, signsAfter, signsAfterLoad, type Signs } from "./worker-signs.ts";
import { watch } from "./worker-watch.ts";
import { after, isExpected, started, takesRequests, type Farewell, type Limits } from "./worker-state.ts";
import type { Slot, Worker } from "./worker.ts";

export interface PoolPlan extends EndingPlan {
  readonly pool: PoolName;
  readonly count: number;
  /** Request threads of each. */
  readonly threads: number;
  /** "uid=U, gid=G and threads=T", for the log. */
  readonly identity: string;
  readonly limits: Limits;
  /** A number that no worker of any pool has had. */
  newId(): number;
  /** How worker `id` is started, asked anew each time. */
  launch(id: number): WorkerLaunch;
  socket(id: number): string;
  /** Takes away what a dead worker left. */
  forget(id: number): void;
  /** What an application gets that asks for the metrics of the server. */
  metrics(): Promise<unknown>;
}

export interface WorkerPool {
  /** Resolves when every place has had a worker that takes requests. */
  readonly serving: Promise<void>;
  /** A "worker-up" for each that takes requests, for a front end that has just started. */
  introductions(): readonly ToFrontEnd[];
  pids(): readonly number[];
  /** Asks every worker what it does, with `stacks` down to the line. */
  report(stacks: boolean): Promise<WorkersReport>;
  /**
   * Replaces every worker that there is now, some at a time: the replacement is ready before requests go to it, and what
   * the old one has begun is finished. `why` is in the words of the log, `reason` the application's `shutdown_reason`.
   * Resolves when the old ones are gone.
   */
  renew(why: string, reason: string): Promise<void>;
  /** Ctrl-C in debug mode: asks the worker, whose debugger it may be meant for. Who asks in vain doesn't ask again. */
  interrupt(): void;
  /** A front end can't talk to a worker any more, although it lives. */
  lost(id: number, why: string): void;
  /** No replacements from now on; workers get no new requests, and stop by themselves after `graceMs` (0 is never). */
  drain(why: string, graceMs: number): void;
  /** Ends all workers, by force after `graceMs` (0 is never); resolves when none is left. */
  stop(why: string, graceMs: number): Promise<void>;
  /** Kills all at once, with what they started. */
  kill(): void;
}

/** Of debug mode: the one worker has the terminal, never a successor, and the server ends with it. */
export interface Foreground {
  /** A Ctrl-C was meant for the server. */
  interrupted(): void;
  /** The worker has ended by itself, with this exit code. */
  ended(code: number): void;
  /** The terminal is gdb's, which gives it to the worker while that runs: a Ctrl-C that comes here was meant for gdb. */
  readonly underGdb: boolean;
}

/** What the pool needs of the front ends. */
export interface Audience {
  /** Tells all of them. */
  tell(message: ToFrontEnd): void;
  /** Has all of them finish with a worker; resolves when none has anything in its hands any more. */
  drainWorker(id: number): Promise<void>;
}

// After its last word, in debug mode.
const PARTING_MS = 2000;

// Why a worker ends that said so itself, having finished what ran.
const BY_ITSELF = "stopped by itself";

// Pipes are empty long before, unless the disk is slow or something that an application started holds them open.
const SILENCE_MS = 2000;

// Each that is being replaced has a second worker beside it: a quarter of them at a time bounds memory and load, and
// takes four times as long as one start.
const SHARE_AT_ONCE = 1 / 4;

/** Starts the workers; the front ends hear of them. `foreground` is that of debug mode, else null. */
export function startPool(
  plan: PoolPlan,
  journal: Journal,
  frontEnds: Audience,
  foreground: Foreground | null = null,
): WorkerPool {
  const { group } = plan;
  const clock = createWatchClock();
  const ending = createEnding(plan, journal, clock);
  const workers = new Map<number, Worker>();
  const slots: Slot[] = Array.from({ length: plan.count }, () => ({ early: 0, served: false }));
  const history = createHistory();
  const turns = createTurns(Math.ceil(plan.count * SHARE_AT_ONCE));
  let closing = false;
  // gdb may have opened its prompt when the worker ended.
  const partingMs = foreground === null ? plan.shutdownMs : PARTING_MS;
  let asking = false;
  const empty = Promise.withResolvers<void>();
  const manned = Promise.withResolvers<void>();
  if (plan.count === 0) manned.resolve();
  const talking = new Set<Promise<unknown>>();
  const info = (pid: number, text: string) => void journal.write("wsgi", "info", `mod_wsgi (pid=${pid}): ${text}`);

  /** Starts a worker; `predecessor`, if it still lives, serves until this one is ready. */
  const start = (slot: Slot, predecessor?: Worker): void => {
    const id = plan.newId();
    const process = startWorker(plan.launch(id), journal, (message) => hear(id, message));
    if ("problem" in process)
      return replace(slot, predecessor, null, `a worker of process group '${group}' did not start: ${process.problem}`);
    info(process.pid, `Starting process '${group}' with ${plan.identity}.`);
    const now = clock();
    const farewell = { why: "", reason: "" };
    const worker: Worker = {
      id,
      slot,
      process,
      questions: createQuestions<Description>(),
      python: "",
      predecessor,
      state: started(now),
      signs: noSigns,
      heardAt: now,
      farewell,
      unfit: false,
    };
    workers.set(id, worker);
    watching.hasten();
    slot.newest = worker;
    talking.add(process.silent);
    void process.silent.finally(() => talking.delete(process.silent));
    void process.death.then((death) => bury(worker, death));
  };

  const hear = (id: number, message: FromWorkerMessage) => {
    const worker = workers.get(id);
    if (worker === undefined) return;
    const now = clock();
    worker.heardAt = now;
    switch (message.kind) {
      case "stopped":
        worker.state = after(worker.state, { kind: "stop", why: BY_ITSELF, graceMs: partingMs }, now);
        watching.hasten();
        break;
      case "leave": {
        const { why, reason, serving } = message;
        ending.explain(worker, { why, reason });
        if (serving) void renewInTurn(worker, { why, reason });
        else depart(worker, { why, reason });
        break;
      }
      case "description":
        // What was told once must not be less when it ends before its next sign of life.
        worker.signs = { ...worker.signs, served: Math.max(worker.signs.served, servedBy(message)) };
        worker.questions.answered(message.query, message);
        break;
      case "metrics-wanted":
        void plan.metrics().then((metrics) => worker.process.send({ kind: "metrics", query: message.query, metrics }));
        break;
      case "beat":
        note(worker, signsAfter(worker.signs, message, now));
        break;
      case "ready":
        if (worker.state.phase !== "starting") break;
        if (!message.loaded && canGoOn(worker.predecessor)) {
          worker.unfit = true;
          ending.stop(worker, { why: "it could not load the application", reason: "" });
          break;
        }
        worker.state = after(worker.state, { kind: "ready" }, now);
        worker.python = message.python;
        note(worker, signsAfterLoad(worker.signs, message.loaded, now));
        info(worker.process.pid, `Process '${group}' is ready, Python ${message.python}.`);
        frontEnds.tell(introduction(worker));
        worker.slot.served = true;
        if (slots.every(({ served }) => served)) manned.resolve();
        if (worker.predecessor !== undefined) retire(worker.predecessor);
        // Nor is it remembered: each one had a predecessor of its own.
        worker.predecessor = undefined;
        break;
      case "interrupted":
        asking = false;
        if (!message.prompt) foreground?.interrupted();
        break;
      case "log":
    }
  };

  const note = (worker: Worker, signs: Signs) => {
    const { pid } = worker.process;
    const before = worker.signs.failingSince;
    worker.signs = signs;
    if (before === null && signs.failingSince !== null) info(pid, `Application startup timer triggered '${group}'.`);
    if (before === null || signs.failingSince !== null) return;
    info(pid, `Application startup timer cancelled '${group}'.`);
    frontEnds.tell({ kind: "worker-loaded", id: worker.id });
  };

  /** Whether it serves, and has what its replacement couldn't get. */
  const canGoOn = (worker: Worker | undefined): boolean =>
    worker !== undefined && workers.has(worker.id) && takesRequests(worker.state) && worker.signs.loaded;

  const introduction = ({ id, process: { pid }, signs: { loaded } }: Worker): ToFrontEnd => ({
    kind: "worker-up",
    pool: plan.pool,
    id,
    pid,
    socket: plan.socket(id),
    loaded,
  });

  /** Has another worker take its place; resolves when it is gone. Nothing to do for one whose place is taken already. */
  const replaceLiving = async (worker: Worker, farewell: Farewell): Promise<void> => {
    const { slot, predecessor, state } = worker;
    if (closing || foreground !== null || !workers.has(worker.id) || slot.newest !== worker) return;
    worker.farewell = farewell;
    if (state.phase === "starting") {
      // It is of no use any more: another begins anew in its place.
      start(slot, predecessor);
      ending.stop(worker, farewell);
    } else {
      start(slot, worker);
    }
    await worker.process.death;
  };

  const renewInTurn = (worker: Worker, farewell: Farewell): Promise<void> => {
    worker.state = after(worker.state, { kind: "replace" }, clock());
    // One that isn't ready yet costs no second process: it needn't wait for its turn.
    if (worker.state.phase === "starting") return replaceLiving(worker, farewell);
    return turns.take(() => replaceLiving(worker, farewell));
  };

  const retire = (worker: Worker) => {
    if (!workers.has(worker.id)) return;
    ending.retire(worker, () => frontEnds.drainWorker(worker.id));
    watching.hasten();
  };

  /** It serves nobody any more: another must take its place at once, while it finishes what it has begun. */
  const depart = (worker: Worker, farewell: Farewell) => {
    vacate(worker, farewell);
    ending.stop(worker, farewell);
    watching.hasten();
  };

  const vacate = (worker: Worker, farewell: Farewell) => {
    worker.farewell = farewell;
    if (closing || foreground !== null) return;
    if (worker.slot.newest === worker) start(worker.slot, worker.predecessor);
    void frontEnds.drainWorker(worker.id);
  };

  const bury = (worker: Worker, death: Death) => {
    const {
      id,
      slot,
      state,
      signs,
      process: { pid },
    } = worker;
    const now = clock();
    const left = state.why === BY_ITSELF && death.code === 0 && state.readyAt !== null;
    const expected = left || (isExpected(state) && state.why !== BY_ITSELF);
    const how = describeDeath(death);
    worker.state = after(state, { kind: "exit", why: how }, now);
    worker.questions.close();
    workers.delete(id);
    const why = expected ? worker.farewell.why || worker.state.why : how;
    const reason = reasonOf(expected, worker.unfit, worker.farewell.reason);
    history.note({ pid, reason, why, livedMs: now - state.startedAt }, signs);
    plan.forget(id);
    if (!closing) info(pid, `Process '${group}' has died, deregister and restart it.`);
    info(pid, `Process '${group}' ${describeEnd(death)}.`);
    info(pid, `Process '${group}' has been deregistered and will no longer be monitored.`);
    const overdueMs = overdueAfter(worker.farewell.reason, plan.limits);
    frontEnds.tell({ kind: "worker-down", id, why: expected ? worker.state.why : how, overdueMs });
    if (closing) {
      if (workers.size === 0) empty.resolve();
      return;
    }
    // The place of one that was replaced is taken.
    const vacant = slot.newest === worker;
    if (worker.unfit) {
      const what = `mod_wsgi (pid=${pid}): Process '${group}' could not load the application`;
      replace(vacant ? slot : undefined, worker.predecessor, null, `${what}, and the worker it was to replace goes on`);
      return;
    }
    if (expected && foreground !== null) return foreground.ended(death.code ?? 1);
    if (expected) {
      if (vacant) start(slot, worker.predecessor);
      return;
    }
    const readyMs = state.readyAt === null ? null : now - state.readyAt;
    const life = describeLife(signs, state.startedAt, now);
    const what = `mod_wsgi (pid=${pid}): Process '${group}' died unexpectedly: ${how}${hint(death)}; ${life}`;
    replace(vacant ? slot : undefined, worker.predecessor, readyMs, what);
  };

  /** A failure: says so, and fills `slot` again, if it is empty, after a while that grows with each failure. */
  const replace = (slot: Slot | undefined, predecessor: Worker | undefined, readyMs: number | null, what: string) => {
    if (closing) return;
    if (foreground !== null) {
      void journal.write("wsgi", "error", `${what}; in debug mode the server ends with it.`);
      return foreground.ended(1);
    }
    if (slot === undefined) return void journal.write("wsgi", "error", `${what}; it has been replaced already.`);
    const { early, delayMs } = restartAfter(slot.early, readyMs);
    slot.early = early;
    void journal.write("wsgi", "error", `${what}; it is replaced ${delayMs === 0 ? "now" : `in ${delayMs / 1000} s`}.`);
    if (delayMs === 0) return start(slot, predecessor);
    slot.timer = setTimeout(() => start(slot, predecessor), delayMs);
  };

  const places = { renew: (worker: Worker, farewell: Farewell) => void renewInTurn(worker, farewell), vacate };
  const watching = watch(workers, plan.limits, ending, places, clock);

  const close = () => {
    closing = true;
    for (const slot of slots) clearTimeout(slot.timer);
    if (workers.size === 0) empty.resolve();
  };

  for (const slot of slots) start(slot);

  return {
    serving: manned.promise,
    introductions: () => [...workers.values()].filter(({ state }) => takesRequests(state)).map(introduction),
    pids: () => [...workers.values()].map((worker) => worker.process.pid),
    report: (stacks) => describePool(workers, plan, history, stacks, clock),
    async renew(why, reason) {
      const now = slots.flatMap(({ newest }) => newest ?? []);
      await Promise.all(now.map((worker) => renewInTurn(worker, { why, reason })));
    },
    interrupt() {
      if (foreground === null || foreground.underGdb) return;
      const [worker] = workers.values();
      if (asking || worker === undefined) return foreground.interrupted();
      asking = true;
      worker.process.send({ kind: "interrupt" });
    },
    lost(id, why) {
      const worker = workers.get(id);
      if (worker === undefined || isExpected(worker.state)) return;
      const farewell = { why: `A front end has lost its connection (${why}), stopping process`, reason: "" };
      ending.alarm(worker, farewell);
      depart(worker, farewell);
    },
    drain(why, graceMs) {
      close();
      const now = clock();
      for (const worker of workers.values()) worker.state = after(worker.state, { kind: "drain", why, graceMs }, now);
      watching.hasten();
    },
    async stop(why, graceMs) {
      close();
      // The tools of debug mode write down what they have found, and that takes as long as it takes.
      const limitMs = foreground === null ? graceMs : 0;
      for (const worker of workers.values()) ending.stop(worker, { why, reason: "shutdown_signal" }, limitMs);
      watching.hasten();
      await empty.promise;
      await Promise.race([Promise.all(talking), Bun.sleep(SILENCE_MS)]);
      watching.stop();
    },
    kill() {
      close();
      for (const worker of workers.values()) ending.kill(worker);
    },
  };
}

/** From which age on the requests of a worker that died for this reason ran too long; null when that isn't the reason. */
function overdueAfter(reason: string, { requestMs }: Limits): number | null {
  if (reason === "request_timeout") return requestMs;
  return reason === "deadlock_timeout" ? 0 : null;
}
