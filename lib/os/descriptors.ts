/** Descriptors, one by one. */

import { libc } from "./libc.ts";

// Linux numbers.
const F_GETFL = 3;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const F_SETFD = 2;
const FD_CLOEXEC = 1;

/**
 * Another descriptor of the same open file or socket, which programs that this process executes have too; undefined when
 * it may have no more.
 */
export function duplicate(fd: number): number | undefined {
  const copy = libc().dup(fd);
  return copy < 0 ? undefined : copy;
}

/** Has writes to a descriptor fail with EAGAIN rather than wait. */
export function nonBlocking(fd: number): void {
  const c = libc();
  c.fcntl(fd, F_SETFL, c.fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
}

/** Keeps a descriptor from programs that this process, or a child, executes. */
export function closeOnExec(fd: number): void {
  libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}
