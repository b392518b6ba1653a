/** Writing all that the server and its workers need into the server root: what goes wrong there is told to a person. */

import { codeOf } from "../os/errors.ts";
import type { Settings } from "../settings/settings.ts";
import type { Commands } from "./commands.ts";
import { fillServerRoot } from "./server-root.ts";
import { StartupError } from "./startup-error.ts";
import { installWorkerFiles } from "./worker-files.ts";
import { workerFolder } from "./worker-plan.ts";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** The root must be ours by then. Throws a {@link StartupError} when something can't be written. */
export function furnishServerRoot(settings: Settings, commands: Commands): void {
  try {
    fillServerRoot(settings, commands.self);
    installWorkerFiles(workerFolder(settings), commands.workerSources);
  } catch (error) {
    // Anything but a refusal of the system is a bug, and keeps its stack.
    if (error instanceof StartupError || !(error instanceof Error && "syscall" in error)) throw error;
    const code = codeOf(error);
    const what = "path" in error ? String(error.path) : `--server-root ${settings.server.root}`;
    const advice = FULL.has(code)
      ? "there is no room left: make some, or give another --server-root"
      : "see what is there, or give another --server-root";
    throw new StartupError(`${what} cannot be written (${code})\n  ${advice}`);
  }
}
