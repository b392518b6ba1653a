/** What a worker has told of itself, and what follows from the sequence of its beats. Pure. */

import type { ActiveRequest, Beat } from "../control/worker.ts";

export interface Signs {
  /** When its last beat came; null before the first. */
  readonly at: number | null;
  /** Requests that it has finished. */
  readonly served: number;
  readonly active: readonly ActiveRequest[];
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly loaded: boolean;
  /** Requests that count as activity. */
  readonly counted: number;
  /** When it was last seen busy with what counts as activity; null before the first such request. */
  readonly busyAt: number | null;
  /** Since when there has been no application, although it was to be loaded; null before that, and once it was. */
  readonly failingSince: number | null;
}

/** Before the first beat. */
export const noSigns: Signs = {
  at: null,
  served: 0,
  active: [],
  cpuMs: 0,
  rssBytes: 0,
  loaded: false,
  counted: 0,
  busyAt: null,
  failingSince: null,
};

/** After a beat that came at `now`. */
export function signsAfter(before: Signs, beat: Beat, now: number): Signs {
  const { served, active, cpuMs, rssBytes, loaded, counted } = beat;
  const busy = counted > before.counted || active.some(({ ignored }) => !ignored);
  return {
    at: now,
    served,
    active,
    cpuMs,
    rssBytes,
    loaded,
    counted,
    busyAt: busy ? now : before.busyAt,
    failingSince: loaded ? null : before.failingSince,
  };
}

/** After the attempt to load the application, with which every worker begins. Later ones are told of by beats. */
export function signsAfterLoad(before: Signs, loaded: boolean, now: number): Signs {
  return { ...before, loaded, failingSince: loaded ? null : now };
}

/**
 * What one that died did, as far as it had told: `it lived for 4.2 s, and 0.3 s before its end it had served 12 requests,
 * used 34 MiB of memory and was running GET /a (1.2 s)`.
 */
export function describeLife({ at, served, active, rssBytes }: Signs, startedAt: number, now: number): string {
  const lived = `it lived for ${seconds(now - startedAt)}`;
  if (at === null) return lived;
  const requests = `${served} ${served === 1 ? "request" : "requests"}`;
  const memory = `${Math.round(rssBytes / 1024 ** 2)} MiB of memory`;
  const running = active.length === 0 ? "no request" : describeActive(active);
  const before = seconds(now - at);
  return `${lived}, and ${before} before its end it had served ${requests}, used ${memory} and was running ${running}`;
}

/** Requests that were running, the longest first. */
export function describeActive(active: readonly ActiveRequest[]): string {
  const sorted = active.toSorted((one, other) => other.runningMs - one.runningMs);
  return sorted.map(({ what, runningMs }) => `${what} (${seconds(runningMs)})`).join(", ");
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
