/**
 * Pipes for the output of children. Bun's own stdio "pipe" is a socket, which a child can't open again as /dev/stderr,
 * and it is read ahead without limit (measured: 130 MB a second from `yes`); these are pipes and read on demand.
 */

import { ptr } from "bun:ffi";
import { failed } from "./errors.ts";
import { libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;

export interface Pipe {
  readonly read: number;
  readonly write: number;
}

/** A new pipe, both ends close-on-exec. Throws when there are no descriptors left. */
export function makePipe(): Pipe {
  const ends = new Int32Array(2);
  if (libc().pipe2(ptr(ends), O_CLOEXEC) < 0)
    throw new Error(`no pipe for a child: pipe2 failed with ${failed("pipe2").code}`);
  const [read = -1, write = -1] = ends;
  return { read, write };
}
