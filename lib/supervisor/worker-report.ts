/** What is told of a worker: by itself when it is asked, else by its last sign of life. */

import type { Description } from "../control/worker.ts";
import type { ThreadReport, WorkerEnd, WorkerReport } from "../metrics/report.ts";
import type { History } from "./history.ts";
import type { Signs } from "./worker-signs.ts";
import type { Worker } from "./worker.ts";

// A thread of the application may hold the interpreter for a while: this is no reason to say that nobody answers.
const ANSWER_MS = 1000;

/** What the workers of a pool have in common. */
export interface Kind {
  readonly pool: WorkerReport["pool"];
  /** Request threads of each. */
  readonly threads: number;
}

export interface WorkersReport {
  readonly workers: readonly WorkerReport[];
  /** Requests that were finished and time that was used, by those that are gone, too. */
  readonly requests: number;
  readonly cpuMs: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly recent: readonly WorkerEnd[];
}

/** Asks all workers of a pool. */
export async function describePool(
  workers: ReadonlyMap<number, Worker>,
  kind: Kind,
  history: History,
  stacks: boolean,
  clock: () => number,
): Promise<WorkersReport> {
  const all = await Promise.all([...workers.values()].map((worker) => describeWorker(worker, kind, stacks, clock)));
  // One that has ended meanwhile is among those that are gone by now.
  const there = all.filter(({ id }) => workers.has(id));
  return {
    workers: there,
    // What scripts are asked is no request of a client.
    requests: kind.pool === "access" ? 0 : there.reduce((sum, { served }) => sum + served, history.requests),
    cpuMs: there.reduce((sum, worker) => sum + worker.cpuMs, history.cpuMs),
    ends: history.ends,
    recent: history.recent,
  };
}

/** Asks a worker. `clock` is the one of its state, see watch-clock.ts. */
async function describeWorker(
  worker: Worker,
  { pool, threads }: Kind,
  stacks: boolean,
  clock: () => number,
): Promise<WorkerReport> {
  const { process, questions } = worker;
  const told =
    worker.state.readyAt === null
      ? null
      : await questions.ask((query) => process.send({ kind: "describe", query, stacks }), ANSWER_MS);
  const { id, outgoing, python, signs, state, heardAt } = { ...worker, outgoing: worker.state.outgoing };
  const now = clock();
  return {
    id,
    pid: process.pid,
    pool,
    threadCount: threads,
    state: state.phase === "dead" ? "stopping" : state.phase,
    why: state.why || worker.farewell.why,
    outgoing,
    uptimeMs: now - state.startedAt,
    loaded: signs.loaded,
    python,
    served: told === null ? signs.served : servedBy(told),
    cpuMs: signs.cpuMs,
    rssBytes: signs.rssBytes,
    silentMs: now - heardAt,
    answers: told !== null,
    threads: told?.threads ?? threadsOf(signs, now),
    ...(stacks ? { stacks: told?.stacks ?? [] } : {}),
  };
}

/** Requests that all of its threads have finished. */
export function servedBy({ threads }: Description): number {
  return threads.reduce((sum, { served }) => sum + served, 0);
}

/** What was known when it last gave a sign of life; a request that ran then is taken to run still. */
function threadsOf({ active, at }: Signs, now: number): readonly ThreadReport[] {
  const sinceMs = at === null ? 0 : now - at;
  return active.map(({ thread, what, runningMs }) => ({
    number: thread,
    served: 0,
    sentBytes: null,
    idleMs: null,
    request: { what, runningMs: runningMs + sinceMs, client: "", host: "" },
  }));
}
