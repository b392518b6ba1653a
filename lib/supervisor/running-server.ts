/** Which process runs the server of a server root, and signals for it: never for a stranger that has its number now. */

import { readFileSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import { holdsOpen } from "../os/proc.ts";
import type { Server } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

/** Where the pid file is, and what the server holds open while it runs (see pid-file.ts). */
export type Place = Pick<Server, "root" | "pidFile">;

/** "stale": the pid file names nobody, or somebody else. */
export type Running = { readonly pid: number } | "stale" | "nothing";

/**
 * A server has its server root open for as long as it runs, because it has locked it: a process that has not is not the
 * one that wrote the pid file.
 */
export function runningServer({ root, pidFile }: Place): Running {
  let text: string;
  try {
    text = readFileSync(pidFile, "utf8").trim();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "nothing";
    throw new StartupError(`the pid file ${pidFile} cannot be read (${codeOf(error)})`);
  }
  const pid = /^\d+$/.test(text) ? Number(text) : 0;
  if (pid === 0) return "stale";
  try {
    return holdsOpen(pid, root) ? { pid } : "stale";
  } catch (error) {
    throw new StartupError(
      `process ${pid}, which ${pidFile} names, belongs to somebody else (${codeOf(error)})\n` +
        "  act as the user who started the server, or as root",
    );
  }
}

/** Sends the signal; false when the server ended a moment ago. */
export function signalServer(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
    throw new StartupError(`process ${pid} cannot be signalled (${codeOf(error)})\n  act as its user, or as root`);
  }
}
