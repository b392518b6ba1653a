/** Clocks in microseconds: JavaScript's own have milliseconds, follow no correction, or begin with the process. */

import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const timespec = new BigInt64Array(2);
const address = ptr(timespec);

/** Now, µs since the epoch. */
export function nowUs(): number {
  return read(CLOCK_REALTIME);
}

/** µs of the clock that all processes of the machine share and nobody sets. */
export function monotonicUs(): number {
  return read(CLOCK_MONOTONIC);
}

function read(clock: number): number {
  libc().clock_gettime(clock, address);
  const [seconds = 0n, nanoseconds = 0n] = timespec;
  return Number(seconds) * 1e6 + Math.floor(Number(nanoseconds) / 1000);
}
