/** A made-up machine for tests of the rules: an ordinary user, a few accounts, paths and interpreters. */

import type { Facts, Interpreter } from "../../lib/options/facts.ts";

export interface Machine {
  directory?: string;
  environment?: Record<string, string>;
  uid?: number;
  gid?: number;
  onMac?: boolean;
  files?: readonly string[];
  directories?: readonly string[];
  /** Interpreters by path; the default is a good /usr/bin/python3. */
  pythons?: Readonly<Record<string, Interpreter>>;
}

export const PYTHON: Interpreter = { version: [3, 11, 7], executable: "/usr/bin/python3.11", locales: ["C.UTF-8"] };

export function machine(given: Machine = {}): Facts {
  const pythons = given.pythons ?? { "/usr/bin/python3": PYTHON };
  const files = new Set(given.files);
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
    onMac: given.onMac ?? false,
    kindOf: (path) => (files.has(path) ? "file" : directories.has(path) ? "directory" : "missing"),
    isExecutable: (path) => path in pythons,
    askInterpreter: (path) => pythons[path] ?? { failure: "not there" },
  };
}
