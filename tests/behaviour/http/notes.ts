/** A folder through which tests/behaviour/http/apps/site.py and its test talk: it notes what it does, and waits for gates. */

import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { until } from "../../harness/until.ts";

export interface Notes extends Disposable {
  /** For the server. */
  readonly env: Readonly<Record<string, string>>;
  /** What was noted so far. */
  lines(): string[];
  /** Resolves with the first line that matches, as soon as there is one. */
  line(pattern: RegExp): Promise<string>;
  /** Lets everybody through who waits there, and who comes. */
  open(gate: string): void;
}

/** Make it before the server, which is to be stopped first. */
export function notes(): Notes {
  const home = folder();
  // The application is some other user.
  chmodSync(home.path, 0o777);
  const file = join(home.path, "notes");
  const lines = (): string[] => (existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : []);
  return {
    env: { MALT_TEST_NOTES: home.path },
    lines,
    line: (pattern) => until(`a note like ${pattern}`, () => lines().find((line) => pattern.test(line))),
    open: (gate) => writeFileSync(join(home.path, gate), ""),
    [Symbol.dispose]: () => home[Symbol.dispose](),
  };
}

/** The path of the application. */
export const site = join(import.meta.dir, "apps", "site.py");
