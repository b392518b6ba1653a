/** Accounts, as the system's name service knows them (files, LDAP, …). */

import { CString, ptr, read, type Pointer } from "bun:ffi";
import { libc, zeroTerminated } from "./libc.ts";

export interface Account {
  readonly name: string;
  readonly home: string;
}

// Offsets in `struct passwd` of 64-bit glibc and musl: name, passwd, uid and gid (4 bytes each), gecos, dir, shell;
// `struct group` begins with name, passwd and gid.
const NAME = 0;
const ID = 16;
const PRIMARY_GROUP = 20;
const HOME = 32;

/** A user or group by its number; `gid` is the primary group of a user, and of a group its own id. */
export interface Known {
  readonly name: string;
  readonly id: number;
  readonly gid: number;
}

/** A user or group by its name or number; undefined when nobody knows it. */
export function lookUp(kind: "user" | "group", who: string | number): Known | undefined {
  const c = libc();
  const [byId, byName] = kind === "user" ? [c.getpwuid, c.getpwnam] : [c.getgrgid, c.getgrnam];
  const entry = typeof who === "number" ? byId(who) : byName(zeroTerminated(who));
  if (entry === null) return undefined;
  const number = (offset: number) => read.u32(entry as Pointer, offset);
  return { name: textAt(entry, NAME), id: number(ID), gid: number(kind === "user" ? PRIMARY_GROUP : ID) };
}

/** The account of a user id; undefined when it has none. */
export function accountOf(uid: number): Account | undefined {
  const entry = libc().getpwuid(uid);
  if (entry === null) return undefined;
  return { name: textAt(entry, NAME), home: textAt(entry, HOME) };
}

function textAt(entry: Pointer | bigint, offset: number): string {
  return new CString(read.ptr(entry as Pointer, offset) as Pointer).toString();
}

/** Every group of a user, `gid` included, ascending. An unknown user has only `gid`. */
export function groupsOf(user: string, gid: number): number[] {
  // 64 Ki groups are what Linux allows a process (NGROUPS_MAX).
  for (let room = 64; room <= 65536; room *= 4) {
    const list = new Uint32Array(room);
    const count = new Int32Array([room]);
    if (libc().getgrouplist(zeroTerminated(user), gid, ptr(list), ptr(count)) >= 0) {
      return [...new Set(list.subarray(0, count[0]))].toSorted((a, b) => a - b);
    }
  }
  throw new Error(`user ${user} is in more groups than the system allows`);
}
