/**
 * The body of one request while it arrives: de-framed, counted, bounded in memory, handed on when it is wanted.
 * Knows nothing of sockets; the connection feeds it and is told when to stop reading.
 */

import type { RequestBody } from "../exchange.ts";
import { ByteQueue } from "../byte-queue.ts";
import { ChunkedDecoder } from "./chunked.ts";

/** Beyond this, reading from the client stops until somebody wants the bytes. */
const HIGH_WATER_BYTES = 128 * 1024;

/** What the connection does for its body. */
export interface BodyListener {
  /** Reading goes on. The first interest in the body is the moment for "100 Continue". */
  bodyWanted(first: boolean): void;
  /** Bytes that somebody asked for. */
  bodyArrived(bytes: Buffer, last: boolean): void;
}

export class H1RequestBody implements RequestBody {
  readonly length: number;
  readonly awaitsContinue: boolean;
  complete: boolean;
  /** Body bytes that have arrived. */
  received = 0;
  /** The same with the framing. */
  wireBytes = 0;
  /** Somebody pulled, so that the bytes go to the owner as they come. */
  pulled = false;
  #chunked: ChunkedDecoder | null;
  #left: number;
  #queue: ByteQueue | null = null;
  #wanted = 0;
  #lastGiven = false;
  #dropping = false;
  #listener: BodyListener;

  constructor(length: number, awaitsContinue: boolean, listener: BodyListener) {
    this.length = length;
    this.awaitsContinue = awaitsContinue;
    this.complete = length === 0;
    this.#left = length;
    this.#chunked = length < 0 ? new ChunkedDecoder() : null;
    this.#listener = listener;
  }

  /** Enough is waiting: stop reading. */
  get full(): boolean {
    return this.#queue !== null && this.#queue.length >= HIGH_WATER_BYTES;
  }

  get gathered(): boolean {
    return this.complete || this.full;
  }

  /** The client is the one who is waited for. */
  get hungry(): boolean {
    // What follows a change of protocol has no pace that we know.
    if (this.complete || this.full || this.length === Infinity) return false;
    // It sends when it is told to.
    return !this.awaitsContinue || this.pulled || this.received > 0;
  }

  /** The lines of the trailer section. */
  get trailers(): string {
    return this.#chunked?.trailers ?? "";
  }

  /** The client has sent its FIN, which ends a body of no other end. */
  finish(): void {
    this.complete = true;
    if (this.#wanted > 0) this.#deliver();
  }

  /** Bytes still to come; -1 when unknown. */
  get remaining(): number {
    return this.#chunked === null ? this.#left : -1;
  }

  /** @returns the offset after the last byte used, or -1 on bad framing. */
  feed(data: Buffer, start: number): number {
    let used: number;
    if (this.#chunked === null) {
      const take = Math.min(this.#left, data.length - start);
      used = start + take;
      this.#left -= take;
      this.complete = this.#left === 0;
      if (take > 0) this.#accept(start === 0 && take === data.length ? data : data.subarray(start, used));
    } else {
      used = this.#chunked.feed(data, start, (bytes) => this.#accept(bytes));
      if (used < 0) return -1;
      this.complete = this.#chunked.done;
    }
    this.wireBytes += used - start;
    if (this.#wanted > 0) this.#deliver();
    return used;
  }

  take(): Buffer {
    const queue = this.#queue;
    this.#queue = null;
    this.#lastGiven = true;
    return queue === null ? EMPTY : queue.take();
  }

  pull(bytes: number): void {
    if (this.#lastGiven) return;
    const first = !this.pulled;
    this.pulled = true;
    this.#wanted += bytes;
    this.#deliver();
    if (first || !this.full) this.#listener.bodyWanted(first);
  }

  /** What still comes is thrown away. */
  drop(): void {
    this.#dropping = true;
    this.#queue = null;
    this.#wanted = 0;
  }

  #accept(bytes: Buffer): void {
    this.received += bytes.length;
    if (this.#dropping) return;
    this.#queue ??= new ByteQueue();
    this.#queue.keep(bytes);
  }

  #deliver(): void {
    while (this.#wanted > 0 && !this.#lastGiven) {
      const queue = this.#queue;
      if (queue === null || queue.length === 0) {
        if (!this.complete) return;
        this.#lastGiven = true;
        this.#listener.bodyArrived(EMPTY, true);
        return;
      }
      const bytes = queue.shift(this.#wanted);
      this.#wanted -= bytes.length;
      this.#lastGiven = this.complete && queue.length === 0;
      this.#listener.bodyArrived(bytes, this.#lastGiven);
    }
  }
}

const EMPTY = Buffer.alloc(0);
