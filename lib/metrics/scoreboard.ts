/**
 * The report as Apache's scoreboard shows it, for what reads that: mod_wsgi.server_metrics() and the "auto" form of the status
 * page. Its processes are workers, and its slots their request threads. Pure.
 */

import { applicationWorkers } from "./present.ts";
import type { Report, ThreadReport, WorkerReport } from "./report.ts";

/** "_" waits for a request, "W" answers one, "S" is starting, "G" only finishes what it has. */
export type SlotState = "_" | "W" | "S" | "G";

export interface Slot {
  readonly thread: ThreadReport;
  readonly state: SlotState;
}

/** Every thread that a worker is to have, also before it has told of any. */
export function slotsOf(worker: WorkerReport): readonly Slot[] {
  const known = new Map(worker.threads.map((thread) => [thread.number, thread]));
  return Array.from({ length: worker.threadCount }, (_, index) => {
    const number = index + 1;
    const thread = known.get(number) ?? { number, served: 0, sentBytes: null, idleMs: null, request: null };
    return { thread, state: stateOf(worker, thread) };
  });
}

function stateOf({ state }: WorkerReport, { request }: ThreadReport): SlotState {
  if (state === "starting") return "S";
  if (state !== "ready") return "G";
  return request === null ? "_" : "W";
}

/** What mod_wsgi.server_metrics() gives: seconds, and times since the epoch. */
export function serverMetrics(report: Report): unknown {
  const { capacity, now, startedAt } = report;
  return {
    server_limit: capacity.processes,
    thread_limit: capacity.threads,
    running_generation: 0,
    restart_time: startedAt / 1000,
    current_time: now / 1000,
    running_time: Math.floor((now - startedAt) / 1000),
    processes: applicationWorkers(report).map((worker, index) => ({
      process_num: index,
      pid: worker.pid,
      generation: 0,
      quiescing: worker.state === "draining" || worker.state === "stopping",
      workers: slotsOf(worker).map(({ thread, state }) => slotMetrics(thread, state, now)),
    })),
  };
}

function slotMetrics(thread: ThreadReport, status: SlotState, now: number): unknown {
  const { idleMs, number, request, sentBytes, served } = thread;
  const started = request === null ? 0 : (now - request.runningMs) / 1000;
  const stopped = idleMs === null ? 0 : (now - idleMs) / 1000;
  return {
    thread_num: number - 1,
    generation: 0,
    status,
    access_count: served,
    // Of bodies, as the thread has handed them over: also what the front end then drops, as the answer is to HEAD.
    bytes_served: sentBytes ?? 0,
    start_time: started,
    stop_time: stopped,
    last_used: Math.max(started, stopped),
    client: request?.client ?? "",
    request: request?.what ?? "",
    vhost: request?.host ?? "",
  };
}
