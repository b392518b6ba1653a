/** What the rules need to know of the machine. Gathered by `probe.ts`; made up by tests. */

import type { Identity } from "../settings/settings.ts";
import type { Environment } from "./expand.ts";

/** A user or group. */
export interface Account {
  readonly name: string;
  readonly id: number;
  /** Primary group of a user; that of a group is its own id. */
  readonly gid: number;
}

/** What an interpreter said of itself, or why it said nothing. */
export type Interpreter =
  | {
      readonly version: readonly [major: number, minor: number, micro: number];
      /** Its `sys.executable`. */
      readonly executable: string;
      /** Which of en_US.UTF-8 and C.UTF-8 the system has. */
      readonly locales: readonly string[];
    }
  | { readonly failure: string };

/** What `lstat` says of a path. */
export interface Entry {
  /** The nine permission bits, and the sticky bit. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where a symbolic link leads, as it is written there; null for everything else. */
  readonly target: string | null;
}

/** What a shell script exports, with what it said on standard error, or why it came to nothing. */
export type Exports = { readonly environment: Environment; readonly said: string } | { readonly failure: string };

/** A missing path, and one that this process may not look at, is null. */
export type EntryAt = (path: string) => Entry | null;

export type PathKind = "file" | "directory" | "other" | "missing";

export interface Facts {
  /** Absolute. */
  readonly directory: string;
  readonly environment: Environment;
  readonly uid: number;
  readonly gid: number;
  /** Those listed in /etc/passwd and /etc/group. */
  readonly users: readonly Account[];
  readonly groups: readonly Account[];
  /** Those the system knows from elsewhere too (LDAP, …), by name or number. */
  readonly lookUp: (kind: "user" | "group", who: string | number) => Account | undefined;
  readonly onMac: boolean;
  /** Processors that may be kept busy. */
  readonly cpus: number;
  readonly kindOf: (path: string) => PathKind;
  readonly isExecutable: (path: string) => boolean;
  /** Whether a file has nothing in it. */
  readonly isEmpty: (path: string) => boolean;
  readonly entryAt: EntryAt;
  /** Every group of a user, `gid` included. */
  readonly groupsOf: (user: string, gid: number) => readonly number[];
  /** Runs the interpreter as `identity`: it may be that user's to change, and root must not run it then. */
  readonly askInterpreter: (path: string, identity: Identity) => Interpreter;
  /** Has `shell` read the script at `path`, in `environment`. */
  readonly runScript: (shell: string, path: string, environment: Environment) => Exports;
}
