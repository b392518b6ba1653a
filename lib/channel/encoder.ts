/** Builds frames in one growing buffer, so that all frames of an event-loop turn leave in one write. Pure. */

import { HEADER_BYTES } from "./frames.ts";

/** Room for some dozens of requests; grows for inline bodies and shrinks back when they have been sent. */
const INITIAL_BYTES = 64 * 1024;

export class FrameEncoder {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #used = 0;

  /** Bytes waiting to be sent. */
  get size(): number {
    return this.#used;
  }

  /** A frame whose payload is bytes; null for none. */
  bytes(type: number, flags: number, id: number, payload: Uint8Array | null): void {
    const length = payload === null ? 0 : payload.length;
    const at = this.#reserve(HEADER_BYTES + length);
    this.#header(at, length, type, flags, 0, id);
    if (payload !== null) this.#buffer.set(payload, at + HEADER_BYTES);
  }

  /** A frame whose payload is one u32. */
  number(type: number, flags: number, id: number, value: number): void {
    const at = this.#reserve(HEADER_BYTES + 4);
    this.#header(at, 4, type, flags, 0, id);
    this.#buffer.writeUInt32LE(value, at + HEADER_BYTES);
  }

  /** A REQUEST or RESPONSE: u32 text length, latin-1 text, then body bytes. */
  text(type: number, flags: number, aux: number, id: number, text: string, body: Uint8Array | null): void {
    const bodyLength = body === null ? 0 : body.length;
    const length = 4 + text.length + bodyLength;
    const at = this.#reserve(HEADER_BYTES + length);
    this.#header(at, length, type, flags, aux, id);
    const textAt = at + HEADER_BYTES + 4;
    this.#buffer.writeUInt32LE(text.length, textAt - 4);
    this.#buffer.latin1Write(text, textAt, text.length);
    if (body !== null) this.#buffer.set(body, textAt + text.length);
  }

  /** The waiting bytes, valid until the next frame is added or {@link sent} is called. */
  pending(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  /** The first `count` waiting bytes have left. */
  sent(count: number): void {
    if (count < this.#used) this.#buffer.copyWithin(0, count, this.#used);
    this.#used -= count;
    if (this.#used === 0 && this.#buffer.length > INITIAL_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /** A DEFINE: latin-1 text for slot `aux`. */
  define(type: number, aux: number, text: string): void {
    const at = this.#reserve(HEADER_BYTES + text.length);
    this.#header(at, text.length, type, 0, aux, 0);
    this.#buffer.latin1Write(text, at + HEADER_BYTES, text.length);
  }

  #header(at: number, length: number, type: number, flags: number, aux: number, id: number): void {
    const buffer = this.#buffer;
    buffer.writeUInt32LE(length, at);
    buffer[at + 4] = type;
    buffer[at + 5] = flags;
    buffer.writeUInt16LE(aux, at + 6);
    buffer.writeUInt32LE(id, at + 8);
  }

  #reserve(count: number): number {
    const at = this.#used;
    const end = at + count;
    if (end > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(end, this.#buffer.length * 2));
      this.#buffer.copy(grown, 0, 0, at);
      this.#buffer = grown;
    }
    this.#used = end;
    return at;
  }
}
