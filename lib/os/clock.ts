/** The wall clock in microseconds: JavaScript's own has milliseconds, or follows no correction of the clock. */

import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const CLOCK_REALTIME = 0;
const timespec = new BigInt64Array(2);
const address = ptr(timespec);

/** Now, µs since the epoch. */
export function nowUs(): number {
  libc().clock_gettime(CLOCK_REALTIME, address);
  const [seconds = 0n, nanoseconds = 0n] = timespec;
  return Number(seconds) * 1e6 + Math.floor(Number(nanoseconds) / 1000);
}
