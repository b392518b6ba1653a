/** Files that are either the old or the new one for everybody who reads them. */

import { closeSync, fchmodSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Writes `text` to `path` with exactly `mode`, replacing what was there (a link itself, not what it points to). */
export function writeAtomically(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  // "wx": never through a link that somebody put there.
  const fd = openSync(temporary, "wx", mode);
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    // The umask may have taken bits away.
    fchmodSync(fd, mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
