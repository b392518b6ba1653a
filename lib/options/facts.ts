/** What the rules need to know of the machine. Gathered by `probe.ts`; made up by tests. */

import type { Identity } from "../settings/settings.ts";
import type { Environment } from "./expand.ts";

/** A line of /etc/passwd or /etc/group. */
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
  /** The nine permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Where a symbolic link leads, as it is written there; null for everything else. */
  readonly target: string | null;
}

/** A missing path, and one that this process may not look at, is null. */
export type EntryAt = (path: string) => Entry | null;

export type PathKind = "file" | "directory" | "other" | "missing";

export interface Facts {
  /** Absolute. */
  readonly directory: string;
  readonly environment: Environment;
  readonly uid: number;
  readonly gid: number;
  readonly users: readonly Account[];
  readonly groups: readonly Account[];
  readonly onMac: boolean;
  /** Processors that may be kept busy. */
  readonly cpus: number;
  readonly kindOf: (path: string) => PathKind;
  readonly isExecutable: (path: string) => boolean;
  readonly entryAt: EntryAt;
  /** Every group of a user, `gid` included. */
  readonly groupsOf: (user: string, gid: number) => readonly number[];
  /** Runs the interpreter as `identity`: it may be that user's to change, and root must not run it then. */
  readonly askInterpreter: (path: string, identity: Identity) => Interpreter;
}
