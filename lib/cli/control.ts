/**
 * `control SERVER-ROOT VERB`: what the script in a server root runs. Everything about the server comes from what an
 * earlier start or set-up left there, so that it starts the very same from anywhere, after a reboot too.
 */

import type { Invocation } from "../options/prepare.ts";
import { leaveTerminal, startInBackground } from "../supervisor/background.ts";
import { openCertificates } from "../supervisor/certificate-watch.ts";
import { ownCommands } from "../supervisor/commands.ts";
import { runningPid, signal, status, stop } from "../supervisor/control.ts";
import { readSaved, type Saved } from "../supervisor/saved.ts";
import { StartupError } from "../supervisor/startup-error.ts";
import { say } from "./say.ts";
import { prepareHere, serve, warn } from "./start.ts";

const USAGE = `Usage: apachectl VERB          (or: malt control SERVER-ROOT VERB)

Verbs:
    start                     start the server in the background; -DFOREGROUND keeps it in the foreground
    stop                      stop it now: requests in progress get --shutdown-timeout
    graceful-stop             stop it when the requests in progress are finished
    restart                   start its processes anew, at once (SIGHUP)
    graceful                  start its processes anew, one after the other (SIGUSR1)
    status                    tell whether it runs: exit status 0, or 3 when it does not
    configtest                check the settings and the machine, and start nothing
`;

const FOREGROUND = /^-D ?FOREGROUND$/;

export async function control(program: Invocation["program"], words: readonly string[]): Promise<number> {
  const [root, ...given] = words;
  const { verb, foreground, rest } = understood(given);
  if (root === undefined || root.startsWith("-")) return say(process.stderr, USAGE, 2);
  if (verb === undefined || verb === "-h" || verb === "--help") return say(process.stdout, USAGE, 0);
  if (rest.length > 0) return say(process.stderr, `malt: ${rest.join(" ")} is not understood\n\n${USAGE}`, 2);
  try {
    return await act(program, readSaved(root), verb, foreground);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return say(process.stderr, `malt: ${error.message}\n`, 1);
  }
}

async function act(program: Invocation["program"], saved: Saved, verb: string, foreground: boolean): Promise<number> {
  switch (verb) {
    case "start":
      return await start(program, saved, foreground);
    case "stop":
      return await stop(saved);
    case "graceful-stop":
      return signal(saved, verb) ?? 0;
    case "restart":
    case "graceful":
      // As with the original, a server that doesn't run is started.
      return signal(saved, verb) ?? (await start(program, saved, foreground));
    case "status":
      return status(saved);
    case "configtest":
      return await test(program, saved);
    default:
      return await say(process.stderr, `malt: ${verb} is not understood\n\n${USAGE}`, 2);
  }
}

async function start(program: Invocation["program"], saved: Saved, foreground: boolean): Promise<number> {
  const { root } = saved.server;
  const pid = runningPid(saved);
  if (pid !== undefined) return await say(process.stderr, `malt: the server runs already, pid ${pid}\n`, 0);
  // Who debugs needs the terminal.
  if (foreground || saved.debugging !== null) return await serveAgain(program, saved);
  return await startInBackground([...ownCommands().self, "control", root, "start", "-DFOREGROUND"]);
}

async function serveAgain(program: Invocation["program"], saved: Saved): Promise<number> {
  const prepared = prepareAgain(program, saved);
  const { settings } = "settings" in prepared ? prepared : { settings: undefined };
  return await serve(program, prepared, () => settings !== undefined && leaveTerminal(settings));
}

async function test(program: Invocation["program"], saved: Saved): Promise<number> {
  const prepared = prepareAgain(program, saved);
  if (!("settings" in prepared)) return await serve(program, prepared);
  await warn(program, prepared.warnings);
  const { site, tls } = prepared.settings;
  // Throws what is wrong with them.
  if (tls !== null) openCertificates(tls, site.serverName);
  return await say(process.stderr, "Syntax OK\n", 0);
}

/**
 * Reads the words of the server anew, which checks again that what they name is there and fits this version, but keeps
 * what had to be looked for: another PATH or locale leads to the same interpreter and files.
 */
function prepareAgain({ version }: Invocation["program"], { program, server, workers }: Saved) {
  return prepareHere(
    {
      program: { name: program.name, version },
      command: "start-server",
      words: program.words,
      environment: null,
      pinned: {
        "setup-only": false,
        "server-root": server.root,
        "shell-executable": server.shell,
        locale: workers.locale,
        ...(workers.python === "" ? {} : { python: workers.python }),
      },
    },
    { directory: program.directory },
  );
}

/** Apache's own forms are understood too: `-k VERB`, and `-t` for configtest. */
function understood(words: readonly string[]): { verb: string | undefined; foreground: boolean; rest: string[] } {
  const rest = words
    .join("\0")
    .replace(/(^|\0)-D\0/g, "$1-D ")
    .replace(/(^|\0)-k\0/g, "$1")
    .split("\0");
  const foreground = rest.some((word) => FOREGROUND.test(word));
  const [verb, ...more] = rest.filter((word) => word !== "" && !FOREGROUND.test(word));
  return { verb: verb === "-t" ? "configtest" : verb, foreground, rest: more };
}
