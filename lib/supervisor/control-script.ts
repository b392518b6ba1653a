/** The script `apachectl` in the server root: what it exports, and the command of ours that it runs. Pure. */

import type { Settings } from "../settings/settings.ts";
import { serverVariables } from "./child-environment.ts";

/** Who starts it can set these to run the application as somebody else, under two names each. */
const OVERRIDES: Readonly<Record<string, string>> = {
  MOD_WSGI_USER: "WSGI_RUN_USER",
  MOD_WSGI_GROUP: "WSGI_RUN_GROUP",
};

/** The text of the script; `self` is the argument list of this program. */
export function controlScript(settings: Settings, self: readonly string[]): string {
  const { program, listeners, server, workers } = settings;
  const lines = [`#!${server.shell}`, `# ${program.typed}`, ...NOTE, ""];
  for (const [name, value] of Object.entries(serverVariables(settings, listeners.port))) {
    const older = OVERRIDES[name];
    const preset = older === undefined ? "" : `\${${name}:-\${${older}:-}}`;
    lines.push(`${name}=${preset === "" ? shellWord(value) : preset}`);
    if (preset !== "") lines.push(`${name}=\${${name}:-${shellWord(value)}}`);
    lines.push(`export ${name}`);
  }
  const command = [...self, "control", server.root].map(shellWord).join(" ");
  // The shell's own message says which directory is gone.
  lines.push("", `cd ${shellWord(workers.workingDirectory)} || cd /`, `exec ${command} "$@"`, "");
  return lines.join("\n");
}

const NOTE = [
  "# Controls the server that keeps its files here: start, stop, restart, graceful, graceful-stop, status, configtest.",
  "# It is written anew with every start-server and setup-server. What the server is to find in its environment belongs",
  "# into the file envvars, which start reads.",
];

/** `text` as one word of a POSIX shell, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
