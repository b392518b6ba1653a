/**
 * Bounds what costs a client little and us something: frames that carry nothing, and streams that are begun to be given
 * up. Pure; milliseconds of the connection's coarse clock.
 */

/** So many at once, and so many a second in the long run. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Pings, settings, priorities, empty and unknown frames (CVE-2019-9512, -9513, -9515, -9518). Clients with a reason send
 * a few in a second.
 */
export const IDLE_FRAMES: Allowance = { burst: 1000, perSecond: 50 };

/**
 * Streams that the client reset before they were answered, or made us reset (CVE-2023-44487, CVE-2025-8671). A browser that
 * leaves a page may give up all of its hundred at once, and again on the next page.
 */
export const GIVEN_UP_STREAMS: Allowance = { burst: 500, perSecond: 20 };

/**
 * So many WINDOW_UPDATEs on the whole, and so many more for each frame of a response: clients open their windows in advance,
 * and then as they read.
 */
export const FREE_WINDOW_UPDATES = 1000;
export const WINDOW_UPDATES_PER_FRAME = 10;

export class Flood {
  #allowance: Allowance;
  #left: number;
  #countedMs: number;

  constructor(allowance: Allowance, nowMs: number) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#countedMs = nowMs;
  }

  /** Counts one more. @returns true when it is one too many. */
  exceeded(nowMs: number): boolean {
    const { burst, perSecond } = this.#allowance;
    const earned = ((nowMs - this.#countedMs) / 1000) * perSecond;
    this.#countedMs = nowMs;
    this.#left = Math.min(burst, this.#left + earned) - 1;
    return this.#left < 0;
  }
}
