/**
 * Lines of a log that have not left their process, where another process finds them when that is killed. The writer puts its
 * lines into one of two areas while the other goes into the pipe. Each says how many bytes went before it, so whoever reads
 * the pipe to its end knows which bytes have not come by it. Bytes come before the length that counts them in, and a process
 * dies between two instructions: no line is half there.
 */

import type { LineArea } from "./line-buffer.ts";

// What a writer lets wait, see line-writer.ts, and the longest line besides: it takes no room before it is needed.
const AREA_BYTES = 5 * 1024 * 1024;

/** Two numbers for each area, in the first page: those of its first byte, and its length. */
const NOTES_BYTES = 4096;

export const SHARED_LINES_BYTES = NOTES_BYTES + 2 * AREA_BYTES;

/** The areas in memory of this size. */
export function lineAreas(memory: {
  readonly bytes: ArrayBuffer;
  forget(from: number, to: number): void;
}): readonly [LineArea, LineArea] {
  const area = (index: number): LineArea => {
    const start = NOTES_BYTES + index * AREA_BYTES;
    return {
      bytes: Buffer.from(memory.bytes, start, AREA_BYTES),
      note: new Float64Array(memory.bytes, index * 16, 2),
      forget: (from) => memory.forget(start + from, start + AREA_BYTES),
    };
  };
  return [area(0), area(1)];
}

/** Fills `into` from `position` on, as far as there is something; how much that was. */
export type ReadAt = (into: Uint8Array, position: number) => number;

/** What a dead writer had not sent, when `received` bytes have come from it. What it left there is only believed as far as it can be. */
export function unsentLines(read: ReadAt, received: number): Uint8Array {
  const notes = new Float64Array(4);
  read(new Uint8Array(notes.buffer), 0);
  const areas = [0, 1]
    .map((index) => ({ index, start: notes[index * 2] ?? 0, length: notes[index * 2 + 1] ?? 0 }))
    .filter(({ start, length }) => Number.isSafeInteger(start) && length > 0 && length <= AREA_BYTES)
    .toSorted((one, other) => one.start - other.start);
  const parts: Uint8Array[] = [];
  let at = received;
  for (const { index, start, length } of areas) {
    // Behind a gap, which an area that was too small leaves, half a line might be put together with half of another.
    if (start > at) break;
    const skipped = Math.min(length, at - start);
    const bytes = Buffer.alloc(length - skipped);
    parts.push(bytes.subarray(0, read(bytes, NOTES_BYTES + index * AREA_BYTES + skipped)));
    at += bytes.length;
  }
  return Buffer.concat(parts);
}
