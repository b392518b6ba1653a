/** Leaving the terminal, or whatever else standard output and standard error are. */

import { closeSync, fstatSync, openSync, readdirSync, statSync, type Stats } from "node:fs";
import { libc } from "./libc.ts";

const O_CLOEXEC = 0o2000000;

/**
 * From here on standard output goes nowhere, and what is said on standard error is appended to `file`. That holds for the
 * copies of both too that the runtime has made for itself: whoever waits for the end of a pipe would wait for them.
 */
export function detachOutput(file: string): void {
  const output = fstatSync(1);
  const errors = fstatSync(2);
  const nowhere = openSync("/dev/null", "w");
  const log = openSync(file, "a", 0o640);
  for (const name of readdirSync("/proc/self/fd")) {
    const fd = Number(name);
    const found = statSync(`/proc/self/fd/${fd}`, { throwIfNoEntry: false });
    if (found === undefined || fd === 0 || fd === nowhere || fd === log) continue;
    const target = isSame(found, errors) ? log : isSame(found, output) ? nowhere : undefined;
    // Our own three are for children to inherit, no others.
    if (target !== undefined) libc().dup3(target, fd, fd <= 2 ? 0 : O_CLOEXEC);
  }
  closeSync(nowhere);
  closeSync(log);
}

function isSame(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}
