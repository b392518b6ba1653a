/** Files to sockets without a copy: sendfile(2), as Linux has it. */

import { ptr } from "bun:ffi";
import { errno, libc } from "./libc.ts";

const EINTR = 4;
const EAGAIN = 11;

/** Less than this is copied as fast as the kernel can be asked not to. */
export const WORTH_SENDFILE_BYTES = 32 * 1024;

/** Where to read: in and out of the system call. The process has one thread. */
const offset = new BigInt64Array(1);
const offsetAddress = ptr(offset);

/**
 * Sends up to `length` bytes of the file `fd` from `from` on.
 * @returns how many went, 0 at the end of the file; "later" while the socket takes nothing, "never" when this can't be done
 * with these two, or the connection is broken
 */
export function sendFile(socket: number, fd: number, from: number, length: number): number | "later" | "never" {
  offset[0] = BigInt(from);
  const sent = Number(libc().sendfile(socket, fd, offsetAddress, length));
  if (sent >= 0) return sent;
  const error = errno();
  return error === EAGAIN || error === EINTR ? "later" : "never";
}
