/** A lock on a directory that ends with the process that holds it, however it ends. */

import { closeSync, constants, openSync } from "node:fs";
import { failed } from "./errors.ts";
import { libc } from "./libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

export interface DirectoryLock {
  release(): void;
}

/**
 * Locks `directory` against others who do the same; undefined when somebody else has it. On file systems without
 * locks (some network ones) everyone gets it.
 */
export function lockDirectory(directory: string): DirectoryLock | undefined {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  if (libc().flock(fd, LOCK_EX | LOCK_NB) < 0 && failed("flock").code === "EAGAIN") {
    closeSync(fd);
    return undefined;
  }
  return { release: () => closeSync(fd) };
}
