/** What is logged when a worker has to go, word for word as mod_wsgi says it. Pure. */

import type { Farewell } from "./worker-state.ts";

// Limits after which a worker may finish what it has begun: what the log says when there is something, and when not.
const GRACEFUL: Readonly<Record<string, readonly [busy: string, idle: string]>> = {
  maximum_requests: ["attempt a graceful shutdown", "triggering immediate shutdown"],
  restart_interval: ["waiting for requests to complete", "stopping process"],
  cpu_time_limit: ["waiting for requests to complete", "triggering immediate shutdown"],
  graceful_signal: ["waiting for requests to complete", "triggering immediate shutdown"],
};

/** `Maximum requests reached, attempt a graceful shutdown`. `busy`: requests run, and may be finished. */
export function farewellWords({ why, reason }: Farewell, busy: boolean): string {
  const ways = GRACEFUL[reason];
  return ways === undefined ? why : `${why}, ${ways[busy ? 0 : 1]}`;
}

export interface Graces {
  /** 0 is no limit. */
  readonly gracefulMs: number;
  /** 0 is the value of gracefulMs. */
  readonly evictionMs: number;
}

/** How long a worker may finish what it has begun; 0 is no limit, and null is not at all. */
export function graceFor(reason: string, { gracefulMs, evictionMs }: Graces): number | null {
  if (reason === "graceful_signal") return evictionMs || gracefulMs;
  if (reason === "maximum_requests" && gracefulMs === 0) return null;
  return gracefulMs;
}
