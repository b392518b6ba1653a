/** The streams of a connection (RFC 9113 §5.1): which are open, which are over, and which are still to come. Pure. */

import type { H2Exchange } from "./exchange.ts";

/** As many as Apache allows. */
export const MAX_STREAMS = 100;

/** So many of those that are over are remembered. */
const MAX_REMEMBERED = 256;

/** How a stream ended: frames that a client had sent before it heard that we reset it are no fault. */
export type Ending = "reset here" | "done";

export class Streams {
  #open = new Map<number, H2Exchange>();
  #over = new Map<number, Ending>();
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
    this.#over.set(id, ending);
    if (this.#over.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#over.keys();
    this.#over.delete(oldest as number);
  }

  /** Undefined also for one that is over for long, or was passed over. */
  endingOf(id: number): Ending | undefined {
    return this.#over.get(id);
  }

  /** Nothing was ever sent on it. Clients use odd numbers, in growing order (RFC 9113 §5.1.1). */
  isIdle(id: number): boolean {
    return id > this.last || (id & 1) === 0;
  }
}
