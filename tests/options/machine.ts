/** A made-up machine for tests of the rules: an ordinary user, a few accounts, paths and interpreters. */

import type { Environment } from "../../lib/options/expand.ts";
import type { Entry, EntryAt, Exports, Facts, Interpreter } from "../../lib/options/facts.ts";
import { parentOf } from "../../lib/settings/paths.ts";

export interface Machine {
  directory?: string;
  environment?: Record<string, string>;
  uid?: number;
  gid?: number;
  onMac?: boolean;
  cpus?: number;
  files?: readonly string[];
  directories?: readonly string[];
  /** Interpreters by path; the default is a good /usr/bin/python3. */
  pythons?: Readonly<Record<string, Interpreter>>;
  /** Shells besides /bin/sh. */
  shells?: readonly string[];
  /** What shell scripts, whose paths are among the files, do to the environment. */
  scripts?: Readonly<Record<string, (environment: Environment) => Exports>>;
  /** Permissions and owners that are not those of an open machine of root's. */
  entries?: Readonly<Record<string, Partial<Entry>>>;
  /** Where only its owner, root, gets in: whoever else asks an interpreter below it gets no answer. */
  closed?: readonly string[];
}

export const PYTHON: Interpreter = { version: [3, 11, 7], executable: "/usr/bin/python3.11", locales: ["C.UTF-8"] };

/** Entries of root's as `ls -l` shows them: everything above them is open to all. */
export function entries(stated: Readonly<Record<string, Partial<Entry>>>): EntryAt {
  const all = new Map<string, Entry>();
  for (const [path, entry] of Object.entries(stated)) {
    for (let above = path; above !== "/"; above = parentOf(above)) if (!all.has(above)) all.set(above, OPEN);
    all.set(path, { ...OPEN, ...entry });
  }
  return (path) => (path === "/" ? OPEN : (all.get(path) ?? null));
}

/** Whom only the name service knows. */
const EVE = { name: "eve", id: 5000, gid: 50 };

const OPEN: Entry = { mode: 0o755, uid: 0, gid: 0, target: null };

export function machine(given: Machine = {}): Facts {
  const pythons = given.pythons ?? { "/usr/bin/python3": PYTHON };
  const shells = Object.fromEntries(["/bin/sh", ...(given.shells ?? [])].map((path) => [path, true]));
  const files = new Set(given.files);
  const closed = given.closed ?? [];
  const directories = new Set(["/", "/tmp", "/srv", "/srv/site", ...(given.directories ?? [])]);
  return {
    directory: given.directory ?? "/srv/site",
    environment: { PATH: "/usr/local/bin:/usr/bin", ...given.environment },
    uid: given.uid ?? 1000,
    gid: given.gid ?? given.uid ?? 1000,
    users: [
      { name: "root", id: 0, gid: 0 },
      { name: "www-data", id: 33, gid: 33 },
      { name: "ann", id: 1000, gid: 1000 },
    ],
    groups: [
      { name: "root", id: 0, gid: 0 },
      { name: "www-data", id: 33, gid: 33 },
      { name: "ann", id: 1000, gid: 1000 },
      { name: "staff", id: 50, gid: 50 },
    ],
    lookUp: (kind, who) => (kind === "user" && (who === "eve" || who === 5000) ? EVE : undefined),
    onMac: given.onMac ?? false,
    cpus: given.cpus ?? 4,
    kindOf: (path) => (files.has(path) ? "file" : directories.has(path) ? "directory" : "missing"),
    isExecutable: (path) => path in pythons || path in shells,
    isEmpty: (path) => given.scripts?.[path] === undefined,
    entryAt: entries(
      Object.fromEntries([
        ...[...files, ...directories, ...Object.keys(pythons)].map((path) => [path, {}] as const),
        ...closed.map((path) => [path, { mode: 0o700 }] as const),
        ...Object.entries(given.entries ?? {}),
      ]),
    ),
    groupsOf: (_, gid) => [gid],
    askInterpreter: (path, { uid }) => {
      if (uid !== 0 && closed.some((directory) => path.startsWith(directory))) return { failure: "EACCES" };
      return pythons[path] ?? { failure: "not there" };
    },
    runScript: (_, path, environment) => given.scripts?.[path]?.(environment) ?? { environment, said: "" },
  };
}
