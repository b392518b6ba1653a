/** The streams of a connection (RFC 9113 §5.1): which are open, which are over, and which are still to come. Pure. */

import type { H2Exchange } from "./exchange.ts";

/** As many as Apache allows. */
export const MAX_STREAMS = 100;

/** How a stream ended: frames that a client had sent before it heard that we reset it are no fault. */
export type Ending = "reset here" | "done";

/** So many streams back it is known how one ended. A power of two. */
const REMEMBERED = 256;

export class Streams {
  #open = new Map<number, H2Exchange>();
  /** Of each stream that is over, its number and how it ended, in the place that its number says. */
  #over = new Uint32Array(REMEMBERED);
  #resetHere = new Uint8Array(REMEMBERED);
  /** The highest that was begun. */
  last = 0;

  get size(): number {
    return this.#open.size;
  }

  get(id: number): H2Exchange | undefined {
    return this.#open.get(id);
  }

  all(): Iterable<H2Exchange> {
    return this.#open.values();
  }

  add(exchange: H2Exchange): void {
    this.#open.set(exchange.id, exchange);
  }

  /** @returns false when it was not open. */
  remove(exchange: H2Exchange, ending: Ending): boolean {
    this.note(exchange.id, ending);
    return this.#open.delete(exchange.id);
  }

  /** It is over, and maybe was before it had an exchange. */
  note(id: number, ending: Ending): void {
    const place = placeOf(id);
    this.#over[place] = id;
    this.#resetHere[place] = ending === "done" ? 0 : 1;
  }

  /** Undefined also for one that is over for long, or was passed over. */
  endingOf(id: number): Ending | undefined {
    const place = placeOf(id);
    if (this.#over[place] !== id) return undefined;
    return this.#resetHere[place] === 0 ? "done" : "reset here";
  }

  /** Nothing was ever sent on it. Clients use odd numbers, in growing order (RFC 9113 §5.1.1). */
  isIdle(id: number): boolean {
    return id > this.last || (id & 1) === 0;
  }
}

function placeOf(id: number): number {
  return (id >> 1) & (REMEMBERED - 1);
}
