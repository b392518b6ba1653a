/** Descriptors, one by one. */

import { libc } from "./libc.ts";

// Linux numbers.
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0o4000;

/**
 * Another descriptor of the same open file or socket, which programs that this process executes have too; undefined when
 * it may have no more.
 */
export function duplicate(fd: number): number | undefined {
  const copy = libc().dup(fd);
  return copy < 0 ? undefined : copy;
}

/** Keeps a descriptor from programs that this process, or a child, executes. */
export function closeOnExec(fd: number): void {
  libc().fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/** Calls on the open file or socket fail rather than wait, for whoever has it. */
export function neverBlock(fd: number): void {
  libc().fcntl(fd, F_SETFL, libc().fcntl(fd, F_GETFL, 0) | O_NONBLOCK);
}

const F_SETPIPE_SZ = 1031;

/**
 * Gives a pipe room for `bytes` instead of the 64 KiB it is born with, as far as the system lets this user (1 MiB without
 * privileges by default); anything but a pipe stays as it is.
 */
export function widenPipe(fd: number, bytes: number): void {
  libc().fcntl(fd, F_SETPIPE_SZ, bytes);
}
