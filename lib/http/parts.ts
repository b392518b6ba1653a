/** What a response of files consists of: slices of open files, and text between them. */

import { closeSync, readSync } from "node:fs";
import type { FileSlice } from "./exchange.ts";

/** Closes the descriptors of parts that are not going to be sent. */
export function closeParts(parts: readonly (FileSlice | string)[]): void {
  for (const part of parts) if (typeof part !== "string") closeSync(part.fd);
}

/** Reads `wanted` bytes, `at` bytes into the slice. @returns how many there were; -1 when it can't be read. */
export function readBlock(part: FileSlice, at: number, into: Buffer, wanted: number): number {
  let got = 0;
  try {
    while (got < wanted) {
      const count = readSync(part.fd, into, got, wanted - got, part.offset + at + got);
      if (count === 0) break;
      got += count;
    }
  } catch {
    return -1;
  }
  return got;
}
