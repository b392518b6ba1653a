/** Cuts a byte stream into frames. Pure: it holds at most one unfinished frame and touches no socket. */

import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./frames.ts";

/**
 * Receives one frame. `bytes` is the buffer the payload lies in, from `start` to `end`: handing out offsets spares a view
 * for the many frames that are read as text.
 */
export type FrameSink = (
  type: number,
  flags: number,
  aux: number,
  id: number,
  bytes: Buffer,
  start: number,
  end: number,
) => void;

/** What is kept between two reads. */
export interface FrameDecoder {
  /** Passes on every frame that `data`, which becomes the decoder's, completes. @returns false when the peer broke the protocol: drop it. */
  feed(data: Buffer): boolean;
}

export function createFrameDecoder(sink: FrameSink): FrameDecoder {
  // Parts of a frame whose end has not arrived, and how many bytes are needed before looking again: large frames
  // arrive in many reads, and joining them each time would copy quadratically.
  let parts: Buffer[] = [];
  let held = 0;
  let needed = HEADER_BYTES;

  function feed(data: Buffer): boolean {
    let bytes = data;
    if (held > 0) {
      parts.push(data);
      held += data.length;
      if (held < needed) return true;
      bytes = Buffer.concat(parts, held);
      parts = [];
      held = 0;
    }
    let at = 0;
    const length = bytes.length;
    needed = HEADER_BYTES;
    while (length - at >= HEADER_BYTES) {
      const size = bytes.readUInt32LE(at);
      if (size > MAX_PAYLOAD_BYTES) return false;
      const end = at + HEADER_BYTES + size;
      if (end > length) {
        needed = HEADER_BYTES + size;
        break;
      }
      const type = bytes[at + 4] as number;
      const flags = bytes[at + 5] as number;
      sink(type, flags, bytes.readUInt16LE(at + 6), bytes.readUInt32LE(at + 8), bytes, at + HEADER_BYTES, end);
      at = end;
    }
    if (at < length) {
      parts.push(bytes.subarray(at));
      held = length - at;
    }
    return true;
  }

  return { feed };
}
