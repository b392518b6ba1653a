/**
 * Becomes another user for good and then runs a program in the place of this process: how root starts a worker.
 *
 * The program itself must not be what gives root up: an interpreter in a virtual environment may belong to the very user
 * who is not trusted with root. Executing anew also lets the kernel open /proc/PID/fd to that user again.
 */

import type { Identity } from "../settings/settings.ts";
import { execute } from "./execute.ts";
import { dropPrivileges } from "./privileges.ts";

/** The words behind the command, `UID GID USER PROGRAM ARGS…`, that make {@link runAs} run `argv` as `identity`. */
export function runAsWords({ uid, gid, user }: Identity, argv: readonly string[]): string[] {
  return [`${uid}`, `${gid}`, user, ...argv];
}

/** Returns an exit code, after saying why on standard error, only when it failed. */
export function runAs([uid, gid, user, ...argv]: readonly string[]): number {
  const [program] = argv;
  if (program === undefined || user === undefined) return complain("usage: run-as UID GID USER PROGRAM ARGS…");
  const identity: Identity = { user, group: "", uid: Number(uid), gid: Number(gid), drop: true };
  try {
    dropPrivileges(identity);
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error));
  }
  process.umask(0o022);
  const { code } = execute(program, argv);
  return complain(`user ${user} can't run ${program}: ${code}`);
}

function complain(problem: string): number {
  process.stderr.write(`malt: ${problem}\n`);
  return 1;
}
