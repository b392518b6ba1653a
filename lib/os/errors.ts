/** Failures of system calls as values: which call, and the error by its name. */

import { constants } from "node:os";
import { errno } from "./libc.ts";

export interface OsFailure {
  readonly call: string;
  /** Such as "EADDRINUSE". */
  readonly code: string;
}

const names = new Map<number, string>();
for (const [name, number] of Object.entries(constants.errno)) {
  // EAGAIN and EWOULDBLOCK share a number: the first name is the one the manual pages use.
  if (!names.has(number)) names.set(number, name);
}

/** What the call just made failed with. */
export function failed(call: string): OsFailure {
  const number = errno();
  return { call, code: names.get(number) ?? `error ${number}` };
}

/** The error code ("ENOENT") of something thrown by a file or process function; its text when it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) return "code" in error && typeof error.code === "string" ? error.code : error.message;
  return String(error);
}
