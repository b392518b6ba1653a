/**
 * Which of our requests a worker has started, written down by itself where it can be read when it has died: one u32 for
 * each thread, the id of the request that the thread began last. Requests are started in the order they were sent in, so
 * all up to the highest were started, and none after it: those can be given to another worker.
 */

import { closeSync, openSync, readSync } from "node:fs";

export interface StartedNotes {
  /** Whether the worker has started the request with this id. Ids count up and begin anew after 2^32 - 1. */
  readonly started: (id: number) => boolean;
  close(): void;
}

/** Opens what the HELLO of a worker names; when that can't be had, every request counts as started. */
export function openStartedNotes(path: string | undefined, threads: number): StartedNotes {
  const fd = path === undefined ? null : open(path);
  if (fd === null) return { started: () => true, close: () => undefined };
  return {
    started: (id) => {
      const notes = new Uint32Array(threads);
      readSync(fd, notes, 0, notes.byteLength, 0);
      return notes.some((noted) => noted !== 0 && isUpTo(id, noted));
    },
    close: () => closeSync(fd),
  };
}

/** Whether `id` is `last` or came before it; of two ids in use at a time, fewer than half of all are between. */
export function isUpTo(id: number, last: number): boolean {
  return (last - id) >>> 0 < 0x8000_0000;
}

function open(path: string): number | null {
  try {
    return openSync(path, "r");
  } catch {
    return null;
  }
}
