/** The body of one response on its way out: what waits for the client's windows, and how much of it may go. */

import { closeSync } from "node:fs";
import { ByteQueue } from "../byte-queue.ts";
import type { FileSlice } from "../exchange.ts";
import { closeParts, readBlock } from "../parts.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { USUAL_FRAME_BYTES } from "./frames.ts";

/** What a stream may send next, by the windows of its connection. */
export interface Share {
  /** Of the connection (RFC 9113 §5.2). */
  window: number;
}

/** So much of one response goes before the others of the connection get their turn. */
const TURN_BYTES = 32 * 1024;

const fileBlock = Buffer.allocUnsafeSlow(TURN_BYTES);

export class Outflow {
  readonly #streamId: number;
  /** What the client allows for this stream; below 0 when it has taken back what it allowed (RFC 9113 §6.9.2). */
  window: number;
  /** Body bytes framed so far. */
  bodyBytes = 0;
  /** END_STREAM was sent. */
  done = false;
  #queue: ByteQueue | null = null;
  #parts: (FileSlice | string)[] | null = null;
  #partOffset = 0;
  #ended = false;
  #trailers: readonly Uint8Array[] | null = null;

  constructor(streamId: number, window: number) {
    this.#streamId = streamId;
    this.window = window;
  }

  /** There is something that could be sent if the windows were open. */
  get waiting(): boolean {
    return !this.done && (this.#queue !== null || this.#parts !== null || this.#ended);
  }

  /** It waits, and its own window does not keep it from being sent. */
  get ready(): boolean {
    return this.waiting && (this.window > 0 || (this.#queue === null && this.#parts === null));
  }

  /**
   * Bytes that are only lent: what can't be sent now is copied. With `last` the body ends behind them.
   * @returns how many were sent
   */
  push(bytes: Uint8Array, last: boolean, writer: FrameWriter, share: Share): number {
    let at = 0;
    if (!this.waiting && !writer.full) at = this.#frames(bytes, last, writer, share);
    this.#ended = last;
    if (at === bytes.length) return at;
    this.#queue ??= new ByteQueue();
    this.#queue.push(at === 0 ? bytes : bytes.subarray(at));
    return at;
  }

  /** Owns the descriptors. Ends the body. */
  pushParts(parts: readonly (FileSlice | string)[]): void {
    this.#parts = [...parts];
    this.#ended = true;
  }

  /** @param trailers the header block behind the body; null for none */
  end(trailers: readonly Uint8Array[] | null): void {
    this.#ended = true;
    this.#trailers = trailers;
  }

  /** Sends a turn of what waits. @returns how many body bytes; -1 when a file was shorter than it said. */
  advance(writer: FrameWriter, share: Share): number {
    let sent = 0;
    while (sent < TURN_BYTES && !writer.full && !this.done) {
      const room = Math.min(this.window, share.window, TURN_BYTES);
      if (this.#queue === null && !this.#refill(room)) return -1;
      const queue = this.#queue;
      if (queue === null) {
        if (this.#parts !== null || !this.#ended) return sent;
        if (this.#trailers === null) writer.data(this.#streamId, NOTHING, 0, 0, true);
        else writer.headers(this.#streamId, this.#trailers, true);
        this.done = true;
      } else {
        if (room <= 0) return sent;
        const bytes = queue.shift(room);
        const last = queue.length === 0;
        if (last) this.#queue = null;
        const ends = last && this.#ended && this.#parts === null && this.#trailers === null;
        sent += this.#frames(bytes, ends, writer, share);
      }
    }
    return sent;
  }

  /** Nothing more is sent: closes what is open. */
  discard(): void {
    this.done = true;
    this.#queue = null;
    if (this.#parts !== null) closeParts(this.#parts);
    this.#parts = null;
  }

  /** Frames as much of `bytes` as the windows allow. @returns how much that was. */
  #frames(bytes: Uint8Array, last: boolean, writer: FrameWriter, share: Share): number {
    const end = Math.max(0, Math.min(bytes.length, this.window, share.window));
    let at = 0;
    do {
      const next = Math.min(end, at + USUAL_FRAME_BYTES);
      this.done = last && next === bytes.length;
      if (next > at || this.done) writer.data(this.#streamId, bytes, at, next, this.done);
      at = next;
    } while (at < end);
    this.window -= at;
    share.window -= at;
    this.bodyBytes += at;
    return at;
  }

  /** Gets up to `room` bytes of the next part. @returns false when a file was shorter than it said. */
  #refill(room: number): boolean {
    const parts = this.#parts;
    if (parts === null) return true;
    const part = parts[0];
    if (typeof part === "string") {
      this.#keep(Buffer.from(part, "latin1"));
    } else if (part !== undefined) {
      const left = part.length - this.#partOffset;
      const wanted = Math.max(0, Math.min(left, room));
      if (readBlock(part, this.#partOffset, fileBlock, wanted) < wanted) return false;
      this.#keep(fileBlock.subarray(0, wanted));
      this.#partOffset += wanted;
      if (wanted < left) return true;
      closeSync(part.fd);
    }
    parts.shift();
    this.#partOffset = 0;
    if (parts.length === 0) this.#parts = null;
    return this.#queue !== null || this.#refill(room);
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#queue = new ByteQueue();
    this.#queue.push(bytes);
  }
}

const NOTHING = Buffer.alloc(0);
