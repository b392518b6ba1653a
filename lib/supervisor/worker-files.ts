/** The Python program of the workers, written out because Python can't read Bun's embedded file system. */

import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomically } from "../os/atomic-write.ts";
import type { WorkerSource } from "./commands.ts";
import { StartupError } from "./startup-error.ts";

/**
 * Writes the sources into `folder`, readable by all and writable by us; files that are the same already stay, so that
 * running workers and the compiled `__pycache__` of an earlier start do too. Modules of another version are removed:
 * they could be imported.
 */
export function installWorkerFiles(folder: string, sources: readonly WorkerSource[]): void {
  const wanted = new Set(sources.map(({ path }) => path));
  makeReadable(folder);
  for (const { path, text } of sources) {
    const target = join(folder, path);
    makeReadable(dirname(target));
    if (!isUpToDate(target, text)) writeAtomically(target, text, 0o644);
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".py") && !wanted.has(path)) rmSync(join(folder, path));
  }
}

function makeReadable(folder: string): void {
  mkdirSync(folder, { recursive: true });
  // Whoever owns the folder can replace what the workers run.
  const { uid } = lstatSync(folder);
  if (uid !== process.geteuid?.()) {
    throw new StartupError(
      `${folder} belongs to user id ${uid}, who could change what the server runs\n  rm -r ${folder}`,
    );
  }
  chmodSync(folder, 0o755);
}

function isUpToDate(path: string, text: string): boolean {
  try {
    const { uid, mode } = lstatSync(path);
    return uid === process.geteuid?.() && (mode & 0o7777) === 0o644 && readFileSync(path, "utf8") === text;
  } catch {
    return false;
  }
}
