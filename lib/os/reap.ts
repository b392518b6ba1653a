/**
 * Zombies that were never ours. As PID 1 of a container a process inherits every orphan, and Bun waits only for the
 * children it started itself.
 */

import { readdirSync } from "node:fs";
import { libc } from "./libc.ts";
import { statOf } from "./proc.ts";

const WNOHANG = 1;

/**
 * Waits for each zombie child of this process that isn't in `own`; returns how many there were. One by one and never
 * for "any child", which would take the exit status of our own away from the runtime.
 */
export function reapOrphans(own: ReadonlySet<number>): number {
  let reaped = 0;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || own.has(pid)) continue;
    const stat = statOf(pid);
    if (stat?.state !== "Z" || stat.parent !== process.pid) continue;
    if (libc().waitpid(pid, null, WNOHANG) === pid) reaped += 1;
  }
  return reaped;
}
