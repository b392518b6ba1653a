/** The settings that an earlier start or set-up left in a server root. */

import { fstatSync, closeSync, openSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { codeOf } from "../os/errors.ts";
import type { Settings } from "../settings/settings.ts";
import { settingsFileIn } from "./root-files.ts";
import { StartupError } from "./startup-error.ts";

/** What is used of them. The rest follows from the words anew: another version may resolve them to something else. */
export interface Saved {
  readonly program: Pick<Settings["program"], "name" | "words" | "directory">;
  readonly workers: Pick<Settings["workers"], "python" | "locale">;
  readonly debugging: Settings["debugging"];
  readonly server: Pick<Settings["server"], "root" | "pidFile" | "shell">;
  readonly logs: Pick<Settings["logs"], "errorLog" | "toTerminal">;
  readonly timeouts: Pick<Settings["timeouts"], "shutdownMs">;
}

/** What somebody wants them for: to start, stop or restart the server, or to look at it. */
export type Purpose = "control" | "look";

/**
 * Reads them, or throws a {@link StartupError}: whoever can write them decides what this process starts. Root may look at
 * any server.
 */
export function readSaved(root: string, purpose: Purpose = "control"): Saved {
  const file = settingsFileIn(root);
  const { uid, text } = readOwned(file, purpose);
  const user = process.geteuid?.();
  if (uid !== user && !(purpose === "look" && user === 0)) {
    throw new StartupError(
      `the server root ${root} was set up by user id ${uid}, not by ${user}\n  act as that user, or set it up anew`,
    );
  }
  const saved = savedIn(text);
  if (saved !== undefined) return saved;
  throw new StartupError(`${file} holds no settings of a server\n  setup-server makes it anew`);
}

function readOwned(file: string, purpose: Purpose): { uid: number; text: string } {
  try {
    const fd = openSync(file, "r");
    try {
      return { uid: fstatSync(fd).uid, text: readFileSync(fd, "utf8") };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      const advice = "start-server and setup-server make server roots; the banner of a server names its own";
      throw new StartupError(`${dirname(file)} is no server root: there is no ${basename(file)} in it\n  ${advice}`);
    }
    const able = purpose === "look" ? "the user who set it up, or root" : "the user who set it up";
    const advice = code === "EACCES" ? `\n  act as ${able}` : "";
    throw new StartupError(`${file} cannot be read (${code})${advice}`);
  }
}

/** Pure. It was written by us, perhaps by an older version of us. */
export function savedIn(text: string): Saved | undefined {
  try {
    const { program, workers, debugging = null, server, logs, timeouts } = JSON.parse(text) as Partial<Settings>;
    if (!Array.isArray(program?.words) || !workers || !server?.pidFile || !logs || !timeouts) return undefined;
    return { program, workers, debugging, server, logs, timeouts };
  } catch {
    return undefined;
  }
}
