/** Opening a file to append log lines to, which root may do in a folder of somebody else. */

import { constants, existsSync, lstatSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "../os/errors.ts";

/** Readable by the owner's group, so that people may be let read logs; by others never: they hold what clients send. */
const LOG_MODE = 0o640;

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/**
 * Throws what the file system says. A link is followed when root or this user has made it, as for logs that go to
 * /dev/stdout of a container; that of somebody else might lead to any file that root can write to.
 */
export function openLogFile(path: string): number {
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, LOG_MODE);
  } catch (error) {
    const { uid } = lstatSync(path, { throwIfNoEntry: false }) ?? { uid: -1 };
    if (codeOf(error) !== "ELOOP" || (uid !== 0 && uid !== process.geteuid?.())) throw error;
    return openSync(path, "a", LOG_MODE);
  }
}

/** Why a log file could not be opened: the code in brackets, and in words what it doesn't say. */
export function whyUnopened(path: string, error: unknown): string {
  const code = codeOf(error);
  if (code === "ELOOP") return `(${code}): it is a link that somebody else has made`;
  const folder = dirname(path);
  return code === "ENOENT" && !existsSync(folder) ? `(${code}): there is no directory ${folder}` : `(${code})`;
}
