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

// A clock that was set is followed this soon.
const ANCHORED_MS = 1000;
let offsetUs = 0;
let anchoredMs = -Infinity;

/** The same for a fraction of the cost: JavaScript's own clock, told anew each second how far it is from the other. */
export function quickNowUs(): number {
  const ms = performance.now();
  if (ms - anchoredMs > ANCHORED_MS) {
    offsetUs = nowUs() - ms * 1000;
    anchoredMs = ms;
  }
  return Math.floor(ms * 1000 + offsetUs);
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
