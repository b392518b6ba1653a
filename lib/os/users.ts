/** Accounts, as the system's name service knows them (files, LDAP, …). */

import { CString, ptr, read, type Pointer } from "bun:ffi";
import { libc, zeroTerminated } from "./libc.ts";

export interface Account {
  readonly name: string;
  readonly home: string;
}

// Offsets in `struct passwd` of 64-bit glibc and musl: name, passwd, uid and gid (4 bytes each), gecos, dir, shell.
const NAME = 0;
const HOME = 32;

/** The account of a user id; undefined when it has none. */
export function accountOf(uid: number): Account | undefined {
  const entry = libc().getpwuid(uid);
  if (entry === null) return undefined;
  const text = (offset: number) => new CString(read.ptr(entry, offset) as Pointer).toString();
  return { name: text(NAME), home: text(HOME) };
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
