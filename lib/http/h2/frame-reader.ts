/** Cuts what arrives into frames, in whatever pieces, and never keeps more than one frame. Pure. */

import { ErrorCode, FRAME_HEADER_BYTES, USUAL_FRAME_BYTES, type Fault } from "./frames.ts";

/** Is given each frame; `payload` is valid during the call. What it returns ends the reading. */
export type FrameSink = (type: number, flags: number, streamId: number, payload: Buffer) => Fault | null;

const TOO_LARGE: Fault = { code: ErrorCode.FRAME_SIZE_ERROR, why: "a frame is larger than 16384 bytes" };

export class FrameReader {
  /** The beginning of a frame that is still to come, and how much of it there is. */
  #partial: Buffer | null = null;
  #have = 0;
  #sink: FrameSink;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  feed(data: Buffer): Fault | null {
    let at = 0;
    if (this.#partial !== null) {
      at = this.#complete(data);
      if (at < 0) return null;
      const whole = this.#partial;
      this.#partial = null;
      const fault = this.#give(whole, 0, this.#have);
      if (fault !== null) return fault;
    }
    while (data.length - at >= FRAME_HEADER_BYTES) {
      const length = payloadLength(data, at);
      if (length > USUAL_FRAME_BYTES) return TOO_LARGE;
      const end = at + FRAME_HEADER_BYTES + length;
      if (end > data.length) break;
      const fault = this.#give(data, at, end);
      if (fault !== null) return fault;
      at = end;
    }
    if (at < data.length) this.#keep(data, at);
    return null;
  }

  /** Completes the frame that had begun. @returns the offset behind it, or -1 when more is needed. */
  #complete(data: Buffer): number {
    let partial = this.#partial as Buffer;
    let at = 0;
    if (this.#have < FRAME_HEADER_BYTES) {
      at = Math.min(FRAME_HEADER_BYTES - this.#have, data.length);
      data.copy(partial, this.#have, 0, at);
      this.#have += at;
      if (this.#have < FRAME_HEADER_BYTES) return -1;
    }
    const size = payloadLength(partial, 0);
    // One that is too large is refused as it is.
    const whole = FRAME_HEADER_BYTES + (size > USUAL_FRAME_BYTES ? 0 : size);
    if (partial.length < whole) {
      partial = Buffer.allocUnsafe(whole);
      (this.#partial as Buffer).copy(partial, 0, 0, this.#have);
      this.#partial = partial;
    }
    const take = Math.min(whole - this.#have, data.length - at);
    data.copy(partial, this.#have, at, at + take);
    this.#have += take;
    return this.#have < whole ? -1 : at + take;
  }

  #keep(data: Buffer, at: number): void {
    const have = data.length - at;
    const size = have < FRAME_HEADER_BYTES ? 0 : payloadLength(data, at);
    this.#partial = Buffer.allocUnsafe(FRAME_HEADER_BYTES + size);
    data.copy(this.#partial, 0, at);
    this.#have = have;
  }

  #give(bytes: Buffer, at: number, end: number): Fault | null {
    if (payloadLength(bytes, at) > USUAL_FRAME_BYTES) return TOO_LARGE;
    // The first bit of the stream's number is reserved (RFC 9113 §4.1).
    const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
    const payload = bytes.subarray(at + FRAME_HEADER_BYTES, end);
    return this.#sink(bytes[at + 3] as number, bytes[at + 4] as number, streamId, payload);
  }
}

function payloadLength(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}
