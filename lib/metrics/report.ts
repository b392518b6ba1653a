/**
 * All that the server knows of itself at one moment: put together by the supervisor, shown by the status page, the metrics,
 * the commands and the application's server_metrics. Plain data, so that it crosses process borders as JSON.
 */

import type { TrafficCounts } from "./traffic.ts";

export interface Report {
  readonly program: { readonly name: string; readonly version: string };
  /** Its address, as the banner says it. */
  readonly url: string;
  /** Of the supervisor. */
  readonly pid: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly now: number;
  /** Of all front ends, also of those that are gone. */
  readonly traffic: TrafficCounts;
  readonly frontEnds: readonly FrontEndReport[];
  readonly workers: readonly WorkerReport[];
  readonly services: readonly ServiceReport[];
  readonly capacity: Capacity;
  /** What the processes of each kind have used, those that are gone included. */
  readonly cpuMs: { readonly supervisor: number; readonly frontEnds: number; readonly workers: number };
  /** Of the supervisor. */
  readonly rssBytes: number;
  readonly frontEndEnds: number;
  /** Requests that workers have finished, those that are gone included. */
  readonly workerRequests: number;
  /** Ends of workers by their reason. */
  readonly workerEnds: Readonly<Record<string, number>>;
  /** The last of them, the newest first. */
  readonly recentEnds: readonly WorkerEnd[];
}

export interface Capacity {
  readonly processes: number;
  /** Of each. */
  readonly threads: number;
  readonly maxClients: number;
}

/** What a front end says of itself. */
export interface FrontEndCounts {
  readonly traffic: TrafficCounts;
  readonly connections: number;
  /** Connections with a request in hand. */
  readonly busy: number;
  /** Requests that the application has in hand, and those that wait for it. */
  readonly running: number;
  readonly waiting: number;
  /** How long the first of them has been waiting. */
  readonly oldestWaitMs: number;
}

export interface FrontEndReport {
  readonly pid: number;
  readonly state: "starting" | "ready" | "draining";
  readonly uptimeMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** null when it didn't answer in time. */
  readonly counts: FrontEndCounts | null;
}

export interface WorkerReport {
  readonly id: number;
  readonly pid: number;
  /** Whether it runs the application, or the scripts that say who may use the site. */
  readonly pool: "application" | "access";
  /** Request threads that it is to have. */
  readonly threadCount: number;
  readonly state: "starting" | "ready" | "draining" | "stopping";
  /** Why it is on its way out; "" when it isn't. */
  readonly why: string;
  /** Another is being started to take its place. */
  readonly outgoing: boolean;
  readonly uptimeMs: number;
  /** It has an application. */
  readonly loaded: boolean;
  /** "" before it is ready. */
  readonly python: string;
  /** Requests that it has finished. */
  readonly served: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Since when it has said nothing. */
  readonly silentMs: number;
  /** Whether it answered when it was asked just now. If not, its threads are as they were when it last said anything. */
  readonly answers: boolean;
  readonly threads: readonly ThreadReport[];
  /** Only where stacks were asked for. */
  readonly stacks?: readonly Stack[];
}

/** A request thread. */
export interface ThreadReport {
  /** Counts from 1. */
  readonly number: number;
  /** Requests that it has finished. */
  readonly served: number;
  /** Bytes of the bodies of their responses; null without --server-metrics, for which they are counted. */
  readonly sentBytes: number | null;
  /** Between requests: since when; null when it had none yet, or has one. */
  readonly idleMs: number | null;
  readonly request: RunningRequest | null;
}

export interface RunningRequest {
  /** Method and target. */
  readonly what: string;
  readonly runningMs: number;
  /** "" when the worker didn't tell. */
  readonly client: string;
  readonly host: string;
}

/** What one thread of Python is doing. */
export interface Stack {
  /** Number of the request thread; null when it is another thread. */
  readonly thread: number | null;
  readonly name: string;
  /** `file "F", line N, in NAME`, the innermost first. */
  readonly frames: readonly string[];
}

export interface ServiceReport {
  readonly name: string;
  readonly pid: number;
  readonly uptimeMs: number;
}

export interface WorkerEnd {
  /** ms since the epoch. */
  readonly at: number;
  readonly pid: number;
  /** One word, for counting. */
  readonly reason: string;
  /** In the words of the log. */
  readonly why: string;
  readonly livedMs: number;
  readonly served: number;
}
