/** Memory that is mapped although it is not used any more. */

import { readFileSync } from "node:fs";
import { libc } from "./libc.ts";

const MADV_DONTNEED = 4;

/**
 * Unmaps the pages of this program's own code, which the kernel maps anew where the program goes on (a matter of
 * microseconds each): the start touches some 30 MB of them, and what follows a few.
 */
export function forgetProgramCode(): void {
  for (const line of readFileSync("/proc/self/maps", "latin1").split("\n")) {
    const [, start, end, path] = /^([0-9a-f]+)-([0-9a-f]+) r-xp .* (\/.*)$/.exec(line) ?? [];
    // Read-only pages of a file: there is nothing in them that the file hasn't.
    if (path !== process.execPath) continue;
    const [from, to] = [BigInt(`0x${start}`), BigInt(`0x${end}`)];
    libc().madvise(from, to - from, MADV_DONTNEED);
  }
}
