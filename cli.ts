/** The entry: finds the command, runs it, and ends the process with its status. */

import { version } from "./package.json";
import type { Command } from "./lib/options/help.ts";
import type { Program } from "./lib/settings/settings.ts";

const UPSTREAM = "mod_wsgi-express";

/** Commands of the original that build Apache modules. */
const NOT_NEEDED = new Set(["install-module", "module-config", "module-location"]);

async function main(words: readonly string[]): Promise<number> {
  const [word, ...rest] = words;
  // A front end starts often and needs neither options nor citty.
  if (word === "front-end") return (await import("./lib/frontend/main.ts")).runFrontEnd();
  if (word === "run-as") return (await import("./lib/os/run-as.ts")).runAs(rest);

  const program: Program = { name: programName(), version };
  const { programUsage } = await import("./lib/options/help.ts");
  const usage = programUsage(program.name);
  const refuse = (text: string) => say(process.stderr, `${usage}\n${program.name}: error: ${text}\n`, 2);
  if (word === undefined) return refuse("No command was specified.");
  if (word === "--help" || word === "-h") return say(process.stdout, usage, 0);
  if (word === "--version") return say(process.stdout, `${program.name} ${version}\n`, 0);
  if (NOT_NEEDED.has(word)) {
    return say(process.stderr, `${program.name}: ${word} is not needed: malt is one file, without Apache modules\n`, 1);
  }

  const { defineCommand, runCommand } = await import("citty");
  const { cittyArgs } = await import("./lib/options/citty.ts");
  const { COMMANDS } = await import("./lib/options/help.ts");
  let status = 0;
  const command = (name: Command, description: string) =>
    defineCommand({
      meta: { name, description },
      args: cittyArgs(),
      run: async ({ rawArgs }) => {
        status = await startServer(program, name, rawArgs);
      },
    });
  const subCommands = Object.fromEntries(COMMANDS.map(([name, description]) => [name, command(name, description)]));
  if (!Object.hasOwn(subCommands, word)) return refuse("Invalid command was specified.");
  await runCommand(defineCommand({ meta: { name: program.name, version }, subCommands }), { rawArgs: [word, ...rest] });
  return status;
}

async function startServer(program: Program, command: Command, words: readonly string[]): Promise<number> {
  const { prepare } = await import("./lib/options/prepare.ts");
  const { gatherFacts } = await import("./lib/options/probe.ts");
  const { ownCommands } = await import("./lib/supervisor/commands.ts");
  const { compileAccessFormat } = await import("./lib/logs/access-format.ts");
  const width = Number(process.env["COLUMNS"]) || process.stdout.columns || 80;
  const formatProblem = (format: string) => {
    const compiled = compileAccessFormat(format);
    return "problem" in compiled ? compiled.problem : null;
  };
  const invocation = { program, command, words, environment: process.env, width, formatProblem };
  const prepared = prepare(invocation, () => gatherFacts(ownCommands().runAs));
  if (prepared.kind === "show") return say(process.stdout, prepared.text, 0);
  if (prepared.kind === "refuse") return say(process.stderr, prepared.text, prepared.exit);
  if (prepared.warnings.length > 0) await warn(program, prepared.warnings);
  const { supervise } = await import("./lib/supervisor/supervise.ts");
  return supervise(prepared.settings);
}

async function warn(program: Program, warnings: readonly string[]): Promise<void> {
  const { createConsola } = await import("consola/core");
  // A reporter of our own: those of consola write to standard output, where the access log may go.
  const log = ({ type, args }: { type: string; args: unknown[] }) =>
    void process.stderr.write(`${program.name}: ${type === "warn" ? "warning" : type}: ${args.join(" ")}\n`);
  const consola = createConsola({ reporters: [{ log }] });
  for (const warning of warnings) consola.warn(warning);
}

/** Named like the original, by a link or a copy, the program calls itself so. */
function programName(): Program["name"] {
  const names = [process.argv0, process.execPath].map((path) => path.slice(path.lastIndexOf("/") + 1));
  return names.includes(UPSTREAM) ? UPSTREAM : "malt";
}

function say(stream: NodeJS.WriteStream, text: string, status: number): Promise<number> {
  return new Promise((resolve) => stream.write(text, () => resolve(status)));
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
