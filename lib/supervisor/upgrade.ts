/**
 * Replacing the program of a running server by the one that is installed now, at SIGUSR2: when everything that was begun is
 * finished, this process executes it, and it goes on with the listening sockets, under the same process id. Clients who
 * connect meanwhile wait in the system.
 */

import { resolve } from "node:path";
import { execute } from "../os/execute.ts";
import { ACTIVATION_VARIABLES } from "./activation.ts";
import { cleanEnvironment } from "./child-environment.ts";

/** Names the listeners of the program before, see listeners.ts. */
const VARIABLE = "MALT_LISTENERS";

// How Bun finds the channel to whoever started this process in the background: closed since, its number may be another's.
const NO_PARENT = { NODE_CHANNEL_FD: null, NODE_CHANNEL_SERIALIZATION_MODE: null };

// The service manager's sockets are among those that it gets from here, under other numbers.
const NO_ACTIVATION = Object.fromEntries(ACTIVATION_VARIABLES.map((name) => [name, null]));

const PATIENCE_MS = 10_000;

/** What the program before has left, if it did; said once, and kept from all children. */
export function inheritedText(): string | undefined {
  const text = process.env[VARIABLE];
  delete process.env[VARIABLE];
  return text;
}

/** Why the program that is installed now can't take over; null when it can. */
export function upgradeProblem(): string | null {
  if (!Bun.main.startsWith("/$bunfs/")) return "only the compiled program can be replaced";
  const program = installed();
  try {
    const { exitCode, stdout } = Bun.spawnSync([program, "--version"], {
      env: { ...cleanEnvironment(process.env) },
      stdin: "ignore",
      timeout: PATIENCE_MS,
    });
    const said = stdout.toString().trim();
    return exitCode === 0 && /^(malt|mod_wsgi-express) \d/.test(said) ? null : `${program} --version says no version`;
  } catch (error) {
    return `${program} cannot be started (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** Becomes that program, with the words this one was started with. Returns only when that failed, and why. */
export function becomeProgram(listeners: string): string {
  const program = installed();
  const variables = { ...NO_PARENT, ...NO_ACTIVATION, [VARIABLE]: listeners };
  const { call, code } = execute(program, [process.argv0, ...process.argv.slice(2)], variables);
  return `${program} cannot take over: ${call} failed with ${code}`;
}

/** The path that this program was started by: it may be a link that leads somewhere else now. */
function installed(): string {
  const word = process.argv0;
  return word.includes("/") ? resolve(word) : (Bun.which(word) ?? process.execPath);
}
