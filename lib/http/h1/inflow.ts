/** What a client sends before it is wanted: kept up to a bound, beyond which the client is kept from sending. */

import type { Transport } from "../transport.ts";
import type { Patience } from "../patience.ts";

/** Pipelined bytes kept while a request is in hand. */
const MAX_STASH_BYTES = 64 * 1024;

export class Inflow {
  #transport: Pick<Transport, "pause" | "resume">;
  #patience: Patience;
  #stash: Buffer | null = null;
  #paused = false;

  constructor(transport: Pick<Transport, "pause" | "resume">, patience: Patience) {
    this.#transport = transport;
    this.#patience = patience;
  }

  get empty(): boolean {
    return this.#stash === null;
  }

  /** Nothing is read. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Keeps what came for later. */
  keep(data: Buffer, nowMs: number): void {
    this.#stash = this.#stash === null ? data : Buffer.concat([this.#stash, data]);
    if (this.#stash.length >= MAX_STASH_BYTES) this.pause(nowMs);
  }

  /** What was kept, which is then forgotten here; null when there is nothing. */
  take(): Buffer | null {
    const stash = this.#stash;
    this.#stash = null;
    return stash;
  }

  /** Nothing more is read. The time that passes is not the client's. */
  pause(nowMs: number): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#patience.suspend(nowMs);
    this.#transport.pause();
  }

  resume(nowMs: number): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#patience.resume(nowMs);
    this.#transport.resume();
  }
}
