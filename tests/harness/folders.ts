/**
 * Temporary folders that every user may enter, and copies there of what the server's user could not read where it is: a
 * checkout may lie below a folder that is closed to everybody but root.
 */

import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readableByAll } from "../../scripts/readable.ts";

export interface Folder extends Disposable {
  readonly path: string;
}

/** A new, empty folder, mode 0755, removed when it goes out of scope. */
export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "malt-test-"));
  chmodSync(path, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** `path`, or a copy of it, made once a run, when not every user can read `probe`, a file in it or itself. */
export async function readable(path: string, probe: string = path): Promise<string> {
  if (process.getuid?.() !== 0 || (await readableByAll(probe))) return path;
  let copy = copies.get(path);
  if (copy === undefined) {
    const home = folder();
    copy = join(home.path, basename(path));
    // Links are kept: the python of a virtual environment is one.
    cpSync(path, copy, { recursive: true, verbatimSymlinks: true });
    // A checkout made with umask 077 has files that only their owner can read, and cp keeps modes.
    Bun.spawnSync(["chmod", "-R", "a+rX", copy]);
    copies.set(path, copy);
    homes.push(home);
  }
  return copy;
}

const copies = new Map<string, string>();
const homes: Folder[] = [];

/** Removes the copies: the last thing a run does. */
export function removeCopies(): void {
  for (const home of homes.splice(0)) home[Symbol.dispose]();
  copies.clear();
}

/** Gives `path` and all in it to the user with this id, as a database needs whose server is not root. */
export function giveTo(uid: number, path: string): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, uid, uid);
  for (const inside of new Bun.Glob("**/*").scanSync({ cwd: path, dot: true, onlyFiles: false })) {
    chownSync(join(path, inside), uid, uid);
  }
}
