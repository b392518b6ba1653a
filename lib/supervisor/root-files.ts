/** The names of the files in the server root. Pure. */

import { join } from "node:path";
import type { Settings } from "../settings/settings.ts";

/** The resolved settings: for people and tools, and to start the same server again. */
export function settingsFile(settings: Settings): string {
  return settingsFileIn(settings.server.root);
}

export function settingsFileIn(root: string): string {
  return join(root, "express.json");
}

/** Where the server answers questions about itself while it runs. */
export function controlSocketIn(root: string): string {
  return join(root, "control.sock");
}

/** What gdb is to do first, with --enable-gdb. */
export function gdbCommandsFile({ server }: Settings): string {
  return join(server.root, "gdb.cmds");
}

export function controlScriptFile({ server }: Settings): string {
  return join(server.root, "apachectl");
}

/** Read by the shell before the start. */
export function environmentFile({ server }: Settings): string {
  return server.envvarsScript ?? join(server.root, "envvars");
}

export function rewriteRulesFile({ server }: Settings): string {
  return join(server.root, "rewrite.conf");
}
