/**
 * What a connection sends: frames, put together so that one turn of the event loop makes one write, and what the socket does
 * not take yet. Bounded by those who ask {@link FrameWriter.full} first, or stop the client when there is much waiting.
 */

import type { Transport } from "../transport.ts";
import { Flag, FRAME_HEADER_BYTES, FrameType, USUAL_FRAME_BYTES, writeFrameHeader } from "./frames.ts";
import { NO_TABLE } from "./hpack/encoder.ts";

/** As much as four TLS records, and one write of a busy connection. */
const BLOCK_BYTES = 64 * 1024;

/** Blocks that are in nobody's use: a connection has one only between the first frame of a turn and the write. */
const spare: Buffer[] = [];
const MAX_SPARE = 32;

export class FrameWriter {
  /** Frames of responses: heads and bodies. */
  responseFrames = 0;
  #transport: Transport;
  #block: Buffer | null = null;
  #used = 0;
  /** What the socket did not take, in order. */
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #asked = false;
  #closed = false;
  #tableSaid = false;
  #sealed = false;
  #flushed = (): void => {
    this.#asked = false;
    this.flush();
  };

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The socket takes nothing at the moment. */
  get full(): boolean {
    return this.#queue.length > 0;
  }

  /** Bytes that have not left. */
  get waiting(): number {
    return this.#queuedBytes + this.#used;
  }

  /** Whole frames. */
  frames(bytes: Uint8Array): void {
    this.#append(bytes, 0, bytes.length);
  }

  /** The client has spoken of its header table: the next block answers (RFC 7541 §4.2). */
  tableSaid(): void {
    this.#tableSaid = true;
  }

  /** A header block in as many frames as it takes (RFC 9113 §4.3). */
  headers(streamId: number, block: readonly Uint8Array[], endStream: boolean): void {
    const parts = this.#tableSaid ? [NO_TABLE, ...block] : block;
    this.#tableSaid = false;
    this.responseFrames++;
    let left = 0;
    for (const part of parts) left += part.length;
    const flags = endStream ? Flag.END_STREAM : 0;
    if (left <= USUAL_FRAME_BYTES) {
      this.#header(left, FrameType.HEADERS, flags | Flag.END_HEADERS, streamId);
      for (const part of parts) this.#append(part, 0, part.length);
      return;
    }
    const whole = Buffer.concat(parts);
    for (let at = 0; at < whole.length; at += USUAL_FRAME_BYTES) {
      const end = Math.min(whole.length, at + USUAL_FRAME_BYTES);
      const last = end === whole.length ? Flag.END_HEADERS : 0;
      if (at === 0) this.#header(end, FrameType.HEADERS, flags | last, streamId);
      else this.#header(end - at, FrameType.CONTINUATION, last, streamId);
      this.#append(whole, at, end);
    }
  }

  /** One DATA frame with the bytes from `start` to `end`. */
  data(streamId: number, bytes: Uint8Array, start: number, end: number, endStream: boolean): void {
    this.responseFrames++;
    this.#header(end - start, FrameType.DATA, endStream ? Flag.END_STREAM : 0, streamId);
    this.#append(bytes, start, end);
  }

  /** Writes what has been put together. */
  flush(): void {
    const block = this.#block;
    if (block === null || this.#closed) return;
    const used = this.#used;
    this.#block = null;
    this.#used = 0;
    const taken = this.full || this.#sealed ? 0 : Math.max(0, this.#transport.write(block, 0, used));
    if (taken < used && !this.#sealed) {
      this.#queue.push(Buffer.from(block.subarray(taken, used)));
      this.#queuedBytes += used - taken;
    }
    if (spare.length < MAX_SPARE) spare.push(block);
  }

  /** What was put together is the last that is sent. */
  seal(): void {
    this.flush();
    this.#sealed = true;
  }

  /** The socket takes bytes again. */
  drain(): void {
    while (this.#queue.length > 0) {
      const first = this.#queue[0] as Buffer;
      const taken = Math.max(0, this.#transport.write(first));
      this.#queuedBytes -= taken;
      if (taken < first.length) {
        if (taken > 0) this.#queue[0] = first.subarray(taken);
        return;
      }
      this.#queue.shift();
    }
    this.flush();
  }

  /** The connection is over. */
  discard(): void {
    this.#closed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#block = null;
    this.#used = 0;
  }

  #header(length: number, type: number, flags: number, streamId: number): void {
    const block = this.#room(FRAME_HEADER_BYTES);
    writeFrameHeader(block, this.#used, length, type, flags, streamId);
    this.#used += FRAME_HEADER_BYTES;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end;) {
      const block = this.#room(1);
      const take = Math.min(end - at, block.length - this.#used);
      block.set(take === bytes.length ? bytes : bytes.subarray(at, at + take), this.#used);
      this.#used += take;
      at += take;
    }
  }

  /** The block, with room for at least so many bytes. */
  #room(bytes: number): Buffer {
    if (this.#block !== null && this.#block.length - this.#used < bytes) this.flush();
    if (this.#block === null) this.#block = spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    if (!this.#asked) {
      this.#asked = true;
      queueMicrotask(this.#flushed);
    }
    return this.#block;
  }
}
