/** The number of open files a process may have. */

import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const RLIMIT_NOFILE = 7;

export interface DescriptorLimit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** The limits now in force; RLIM_INFINITY is 2^64-1. */
export function descriptorLimit(): DescriptorLimit {
  const pair = new BigUint64Array(2);
  libc().getrlimit(RLIMIT_NOFILE, ptr(pair));
  const [soft = 0n, hard = 0n] = pair;
  return { soft, hard };
}

/**
 * Raises the soft limit to the hard one, for this process and the children it starts from now on: the usual soft
 * limit of 1024 is meant for programs that use select(2). Returns what holds afterwards.
 */
export function raiseDescriptorLimit(): DescriptorLimit {
  const { soft, hard } = descriptorLimit();
  if (soft < hard) libc().setrlimit(RLIMIT_NOFILE, ptr(new BigUint64Array([hard, hard])));
  return descriptorLimit();
}
