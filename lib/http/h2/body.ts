/**
 * The body of one HTTP/2 request while it arrives: counted, bounded by the stream's window, handed on when it is wanted.
 * Knows nothing of frames; the connection feeds it and hears what was used up.
 */

import { ByteQueue } from "../byte-queue.ts";
import type { RequestBody } from "../exchange.ts";

/** What the stream does for its body. */
export interface BodyListener {
  /** The client may hardly send more before somebody pulls. */
  readonly cramped: boolean;
  /** Somebody asked for bytes; the `first` time is the moment for "100 Continue". */
  bodyWanted(first: boolean): void;
  /** Bytes that somebody asked for. */
  bodyArrived(bytes: Buffer, last: boolean): void;
  /** So many bytes make room for others. */
  bodyUsed(bytes: number): void;
}

export class H2RequestBody implements RequestBody {
  readonly awaitsContinue: boolean;
  complete = false;
  received = 0;
  /** Somebody pulled, so that the bytes go to the owner as they come. */
  pulled = false;
  readonly #announced: number;
  #queue: ByteQueue | null = null;
  #wanted = 0;
  #lastGiven = false;
  #dropping = false;
  #listener: BodyListener;

  /** @param length as Content-Length says; -1 when it doesn't. */
  constructor(length: number, awaitsContinue: boolean, listener: BodyListener) {
    this.#announced = length;
    this.awaitsContinue = awaitsContinue;
    this.#listener = listener;
  }

  get length(): number {
    return this.#announced < 0 && this.complete ? this.received : this.#announced;
  }

  get gathered(): boolean {
    return this.complete || this.#listener.cramped;
  }

  /** The client is not waiting for us. */
  get begun(): boolean {
    return !this.awaitsContinue || this.pulled || this.received > 0;
  }

  /** Bytes of a DATA frame, only lent. @returns false when they are not what Content-Length says (RFC 9113 §8.1.1). */
  feed(bytes: Buffer, last: boolean): boolean {
    this.received += bytes.length;
    const due = this.#announced;
    if (due >= 0 && (last ? this.received !== due : this.received > due)) return false;
    this.complete = last;
    if (this.#dropping) {
      this.#listener.bodyUsed(bytes.length);
    } else if (this.#queue === null && this.#wanted >= bytes.length && (bytes.length > 0 || last) && this.#wanted > 0) {
      this.#give(bytes);
    } else {
      this.#queue ??= new ByteQueue();
      this.#queue.push(bytes);
      this.#deliver();
    }
    return true;
  }

  take(): Buffer {
    const queue = this.#queue;
    this.#queue = null;
    this.#lastGiven = true;
    if (queue === null) return EMPTY;
    const whole = queue.take();
    this.#listener.bodyUsed(whole.length);
    return whole;
  }

  pull(bytes: number): void {
    if (this.#lastGiven) return;
    const first = !this.pulled;
    this.pulled = true;
    this.#wanted += bytes;
    this.#listener.bodyWanted(first);
    this.#deliver();
  }

  /** What is here and what still comes is thrown away. */
  drop(): void {
    this.#dropping = true;
    const left = this.#queue?.length ?? 0;
    this.#queue = null;
    this.#wanted = 0;
    if (left > 0) this.#listener.bodyUsed(left);
  }

  #deliver(): void {
    while (this.#wanted > 0 && !this.#lastGiven) {
      const queue = this.#queue;
      if (queue === null || queue.length === 0) {
        this.#queue = null;
        if (this.complete) this.#give(EMPTY);
        return;
      }
      const bytes = queue.shift(this.#wanted);
      if (queue.length === 0) this.#queue = null;
      this.#give(bytes);
    }
  }

  #give(bytes: Buffer): void {
    this.#wanted -= bytes.length;
    this.#lastGiven = this.complete && this.#queue === null;
    if (bytes.length > 0) this.#listener.bodyUsed(bytes.length);
    this.#listener.bodyArrived(bytes, this.#lastGiven);
  }
}

const EMPTY = Buffer.alloc(0);
