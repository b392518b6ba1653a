/** Giving up root for good, in a process that has threads. */

import { readdirSync, readFileSync } from "node:fs";
import type { Identity } from "../settings/settings.ts";
import { codeOf, failed } from "./errors.ts";
import { libc, zeroTerminated } from "./libc.ts";
import { groupsOf } from "./users.ts";

/**
 * Makes this process the user and group of `identity`, with that user's supplementary groups, and makes sure of it for
 * every thread. Does nothing when `identity.drop` is false. Throws when it failed in part: the caller must then exit.
 */
export function dropPrivileges(identity: Identity): void {
  if (!identity.drop) return;
  const { user, uid, gid } = identity;
  const groups = groupsOf(user, gid);
  const c = libc();
  // The user id last: without root the groups can't be changed any more.
  if (c.initgroups(zeroTerminated(user), gid) !== 0)
    throw refused(identity, `initgroups: ${failed("initgroups").code}`);
  if (c.setgid(gid) !== 0) throw refused(identity, `setgid: ${failed("setgid").code}`);
  if (c.setuid(uid) !== 0) throw refused(identity, `setuid: ${failed("setuid").code}`);
  for (const status of threadStatuses()) {
    const problem = privilegeProblem(status, uid, gid, groups);
    if (problem !== undefined) throw refused(identity, problem);
  }
  if (uid !== 0 && c.setuid(0) === 0) throw refused(identity, "root could be regained");
}

/**
 * What in the text of a `/proc/…/status` doesn't fit the identity; undefined when all of it does. Looks at the real,
 * effective, saved and file-system ids, the groups (ascending, as in `groups`), and the capabilities of a non-root.
 */
export function privilegeProblem(
  status: string,
  uid: number,
  gid: number,
  groups: readonly number[],
): string | undefined {
  const line = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "missing";
  const numbers = (name: string) => line(name).split(/\s+/).filter(Boolean).map(Number);
  if (numbers("Uid").length !== 4 || numbers("Uid").some((id) => id !== uid)) return `user ids are ${line("Uid")}`;
  if (numbers("Gid").length !== 4 || numbers("Gid").some((id) => id !== gid)) return `group ids are ${line("Gid")}`;
  const have = [...new Set(numbers("Groups"))].toSorted((a, b) => a - b);
  if (have.join() !== groups.join()) return `groups are ${line("Groups")}, expected ${groups.join(" ")}`;
  for (const set of ["CapPrm", "CapEff"]) {
    if (uid !== 0 && /[^0]/.test(line(set))) return `capabilities are left: ${set} ${line(set)}`;
  }
  return undefined;
}

function* threadStatuses(): Generator<string> {
  for (const thread of readdirSync("/proc/self/task")) {
    try {
      yield readFileSync(`/proc/self/task/${thread}/status`, "latin1");
    } catch (error) {
      // The thread ended between the two calls.
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ESRCH") throw error;
    }
  }
}

function refused(identity: Identity, why: string): Error {
  return new Error(
    `cannot become user ${identity.user} (uid ${identity.uid}, gid ${identity.gid}): ${why}\n` +
      "  start as root, with CAP_SETUID and CAP_SETGID where capabilities are limited, or leave --user and --group out",
  );
}
