/** The entry: finds the command, runs it, and ends the process with its status. */

import { version } from "./package.json";
import { say } from "./lib/cli/say.ts";
import type { Command } from "./lib/options/help.ts";
import type { Program } from "./lib/settings/settings.ts";

const UPSTREAM = "mod_wsgi-express";

const NO_MODULES =
  "this is a server of its own, without Apache and its modules\n" +
  "  Start it with start-server; an Apache in front of it passes requests on by ProxyPass.";

/** Commands of the original that install its Apache module. */
const OF_APACHE = new Set(["install-module", "module-config", "module-location"]);

async function main(words: readonly string[]): Promise<number> {
  const [word, ...rest] = words;
  // A front end starts often and needs neither options nor citty.
  if (word === "front-end") return (await import("./lib/frontend/main.ts")).runFrontEnd();
  if (word === "run-as") return (await import("./lib/os/run-as.ts")).runAs(rest);

  const name = programName();
  if (word === "control") return (await import("./lib/cli/control.ts")).control({ name, version }, rest);
  if (word === "status" || word === "stacks" || word === "top") {
    return (await import("./lib/cli/inside.ts")).inside(name, word, rest);
  }
  const { COMMANDS, programUsage } = await import("./lib/options/help.ts");
  const usage = programUsage(name);
  const refuse = (text: string) => say(process.stderr, `${usage}\n${name}: error: ${text}\n`, 2);
  if (word === undefined) return refuse("No command was specified.");
  if (word === "--help" || word === "-h") return say(process.stdout, usage, 0);
  if (word === "--version") return say(process.stdout, `${name} ${version}\n`, 0);
  if (OF_APACHE.has(word)) {
    return say(process.stderr, `${name}: error: there is no ${word}: ${NO_MODULES}\n`, 2);
  }

  const { defineCommand, runCommand } = await import("citty");
  const { cittyArgs } = await import("./lib/options/citty.ts");
  const { startServer } = await import("./lib/cli/start.ts");
  let status = 0;
  const command = (of: Command, description: string) =>
    defineCommand({
      meta: { name: of, description },
      args: cittyArgs(),
      run: async ({ rawArgs }) => {
        status = await startServer({ name, version }, of, rawArgs);
      },
    });
  const subCommands = Object.fromEntries(COMMANDS.map(([of, description]) => [of, command(of, description)]));
  if (!Object.hasOwn(subCommands, word)) return refuse("Invalid command was specified.");
  await runCommand(defineCommand({ meta: { name, version }, subCommands }), { rawArgs: [word, ...rest] });
  return status;
}

/** Named like the original, by a link or a copy, the program calls itself so. */
function programName(): Program["name"] {
  const names = [process.argv0, process.execPath].map((path) => path.slice(path.lastIndexOf("/") + 1));
  return names.includes(UPSTREAM) ? UPSTREAM : "malt";
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
