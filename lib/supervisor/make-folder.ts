/** Making a folder that an option names. */

import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "../os/errors.ts";
import { StartupError } from "./startup-error.ts";

/** Makes one folder, not its parents; true when it wasn't there. */
export function makeFolder(option: string, path: string, mode: number): boolean {
  try {
    mkdirSync(path);
    // The umask may have taken bits away.
    chmodSync(path, mode);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    if (code === "ENOENT") {
      throw new StartupError(
        `${option} ${path} cannot be made: ${dirname(path)} does not exist\n  mkdir -p ${dirname(path)}`,
      );
    }
    throw new StartupError(`${option} ${path} cannot be made (${code})\n  give a folder that this user may write to`);
  }
}
