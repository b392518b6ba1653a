/** Runs another program in the place of this process. */

import { ptr } from "bun:ffi";
import { failed, type OsFailure } from "./errors.ts";
import { libc, zeroTerminated } from "./libc.ts";

/**
 * Only returns when it failed. Descriptors stay open unless they are close-on-exec; `variables` go to the environment, or
 * when they are null leave it.
 */
export function execute(
  program: string,
  argv: readonly string[],
  variables: Readonly<Record<string, string | null>> = {},
): OsFailure {
  for (const [name, value] of Object.entries(variables)) {
    if (value === null) libc().unsetenv(zeroTerminated(name));
    else libc().setenv(zeroTerminated(name), zeroTerminated(value), 1);
  }
  const words = argv.map(zeroTerminated);
  // The strings must outlive the call, which `words` sees to; the list ends with a null pointer.
  const list = new BigUint64Array([...words.map((word) => BigInt(ptr(word))), 0n]);
  libc().execv(zeroTerminated(program), list);
  return failed("execv");
}
