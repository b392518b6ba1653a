/** The pid file, and the lock that keeps a second server out of the same server root. */

import { readFileSync, rmSync } from "node:fs";
import { writeAtomically } from "../os/atomic-write.ts";
import { codeOf } from "../os/errors.ts";
import { lockDirectory } from "../os/lock.ts";
import type { Server } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

export interface Claim {
  /** Removes the pid file, when it still is ours, and lets others in. */
  release(): void;
}

/**
 * Claims the server root and writes the pid file. The claim is a lock that ends with the process, so a pid file that
 * a killed server left, or a process that has its number now, is in nobody's way.
 */
export function claimServerRoot({ root, pidFile }: Server): Claim {
  const lock = lockDirectory(root);
  if (lock === undefined) {
    const pid = pidIn(pidFile);
    throw new StartupError(
      `another server ${pid === "" ? "" : `(pid ${pid}) `}runs from the server root ${root}\n` +
        `  stop it${pid === "" ? "" : ` with: kill ${pid}`}, or give this one another --server-root`,
    );
  }
  const own = String(process.pid);
  try {
    writeAtomically(pidFile, `${own}\n`, 0o644);
  } catch (error) {
    lock.release();
    throw new StartupError(
      `--pid-file ${pidFile} cannot be written (${codeOf(error)})\n  is its folder there, and ours?`,
    );
  }
  return {
    release() {
      if (pidIn(pidFile) === own) rmSync(pidFile, { force: true });
      lock.release();
    },
  };
}

function pidIn(pidFile: string): string {
  try {
    return readFileSync(pidFile, "utf8").trim();
  } catch {
    return "";
  }
}
