/** Lines of the access log that a front end has not sent: they are in memory of the supervisor as well, and outlive it. */

import { closeSync, readSync } from "node:fs";
import { SHARED_LINES_BYTES, unsentLines } from "../logs/shared-lines.ts";
import { makeSharedMemory } from "../os/shared-memory.ts";
import type { Rest } from "./pump.ts";

export interface KeptLines {
  /** For the front end to inherit. */
  readonly fd: number;
  /** What was left in it when the pipe had ended. To be called once: the memory is given back. */
  readonly rest: Rest;
}

/** null when the system has no such memory: then a front end that is killed takes along what it had not sent. */
export function keepLines(): KeptLines | null {
  const fd = makeSharedMemory("malt-lines", SHARED_LINES_BYTES);
  if (fd === null) return null;
  return {
    fd,
    rest(received) {
      try {
        return unsentLines((into, position) => readSync(fd, into, 0, into.length, position), received);
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** The rest where no lines are kept. */
export const nothing: Rest = () => new Uint8Array(0);
