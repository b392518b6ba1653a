/** The connections to upstreams that wait for another request. */

import type { Upstream } from "../../settings/upstream.ts";
import { originOf } from "../../settings/upstream.ts";
import type { Connect } from "./connect.ts";
import { UpstreamConnection, type ConnectionKeeper } from "./connection.ts";

/** For each upstream: as many keep a busy one from being connected to over and over. */
const MAX_IDLE = 32;

/** Longer than most servers keep a connection themselves. */
const MAX_IDLE_MS = 30_000;

/** How often it is looked whether that has passed. */
const SWEEP_MS = 5000;

/**
 * A request that can't be sent twice goes on a connection that has been idle for no longer: the upstream may be closing
 * an older one just now, and then nobody could tell whether it was carried out.
 */
const FRESH_MS = 1000;

export class UpstreamPool implements ConnectionKeeper {
  #connect: Connect;
  #idle = new Map<string, UpstreamConnection[]>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /** A connection for a request; `repeatable` when it may be sent again on another. */
  take(upstream: Upstream, repeatable: boolean): UpstreamConnection {
    const waiting = this.#idle.get(originOf(upstream));
    // The youngest is the likeliest to live.
    const last = waiting?.at(-1);
    if (last !== undefined && (repeatable || performance.now() - last.idleSinceMs <= FRESH_MS)) {
      waiting?.pop();
      return last;
    }
    return this.fresh(upstream);
  }

  fresh(upstream: Upstream): UpstreamConnection {
    const connection = new UpstreamConnection(originOf(upstream), this);
    this.#connect(upstream, connection);
    return connection;
  }

  // ConnectionKeeper

  idle(connection: UpstreamConnection): void {
    const waiting = this.#idle.get(connection.key) ?? [];
    this.#idle.set(connection.key, waiting);
    connection.idleSinceMs = performance.now();
    waiting.push(connection);
    if (waiting.length > MAX_IDLE) waiting[0]?.close();
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  over(connection: UpstreamConnection): void {
    const waiting = this.#idle.get(connection.key);
    const at = waiting?.indexOf(connection) ?? -1;
    if (at >= 0) waiting?.splice(at, 1);
    if (waiting?.length === 0) this.#idle.delete(connection.key);
  }

  #sweep(): void {
    const limitMs = performance.now() - MAX_IDLE_MS;
    const old = [...this.#idle.values()].flat().filter(({ idleSinceMs }) => idleSinceMs < limitMs);
    for (const connection of old) connection.close();
    if (this.#idle.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
