/** Memory that two processes have, by a descriptor that one inherits: what one of them wrote is there when it has died. */

import { closeSync } from "node:fs";
import { ptr, toArrayBuffer, type Pointer } from "bun:ffi";
import { libc, zeroTerminated } from "./libc.ts";

// Linux numbers. glibc has had a function for memfd_create(2) only since 2.27, and one that is missing keeps the whole
// library from being opened.
const MEMFD_CREATE: Readonly<Record<string, bigint>> = { x64: 319n, arm64: 279n };
const MFD_CLOEXEC = 1n;
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MADV_REMOVE = 9;

/** New memory, which takes no room before it is written to; null when the system gives none. */
export function makeSharedMemory(name: string, bytes: number): number | null {
  const call = MEMFD_CREATE[process.arch];
  if (call === undefined) return null;
  const fd = Number(libc().syscall(call, ptr(zeroTerminated(name)), MFD_CLOEXEC));
  if (fd < 0) return null;
  if (libc().ftruncate(fd, BigInt(bytes)) === 0) return fd;
  closeSync(fd);
  return null;
}

export interface SharedMemory {
  readonly bytes: ArrayBuffer;
  /** Gives whole pages back; they are zero then. */
  forget(from: number, to: number): void;
}

/** Maps what was inherited as `fd`, which is closed, for the life of this process; null when that fails. */
export function mapSharedMemory(fd: number, bytes: number): SharedMemory | null {
  const address = Number(libc().mmap(0n, BigInt(bytes), PROT_READ_WRITE, MAP_SHARED, fd, 0n));
  closeSync(fd);
  // MAP_FAILED is the address -1.
  if (address > Number.MAX_SAFE_INTEGER) return null;
  return {
    bytes: toArrayBuffer(address as Pointer, 0, bytes),
    forget: (from, to) => void libc().madvise(BigInt(address + from), BigInt(to - from), MADV_REMOVE),
  };
}
