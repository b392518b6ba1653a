/**
 * Opens the file of a FILE response. The front end gets a descriptor of its own, so that the worker's thread is free
 * while the client takes its time.
 */

import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { FileSlice } from "../../http/exchange.ts";

/** u64 offset and u64 length. */
const NUMBERS_BYTES = 16;

/**
 * @param bytes u64 offset, u64 length and the path, which must be a descriptor of the worker itself: /proc/PID/fd/N.
 * @returns null when it can't be opened or is no regular file: then the worker sends the bytes.
 */
export function openWorkerFile(bytes: Buffer, pid: number): FileSlice | null {
  if (bytes.length <= NUMBERS_BYTES) return null;
  const offset = Number(bytes.readBigUInt64LE(0));
  const length = Number(bytes.readBigUInt64LE(8));
  const path = bytes.latin1Slice(NUMBERS_BYTES);
  if (!path.startsWith(`/proc/${pid}/fd/`) || !/^[0-9]+$/.test(path.slice(path.lastIndexOf("/") + 1))) return null;
  let fd: number;
  try {
    // O_NONBLOCK: opening a FIFO must not stop the process; it is refused below.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  if (fstatSync(fd).isFile()) return { fd, offset, length };
  closeSync(fd);
  return null;
}
