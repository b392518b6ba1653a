/** `start-server` and `setup-server`, and starting again what was set up before: from words to a running server. */

import { readDirectives } from "../directives/load.ts";
import { localSource } from "../directives/local.ts";
import { compileAccessFormat } from "../logs/access-format.ts";
import { compileErrorFormat } from "../logs/error-layout.ts";
import type { Facts } from "../options/facts.ts";
import { prepare, type FormatProblem, type Invocation, type Prepared } from "../options/prepare.ts";
import { gatherFacts } from "../options/probe.ts";
import { setTitle } from "../os/title.ts";
import type { Logs } from "../settings/settings.ts";
import type { Reread } from "../supervisor/fresh-settings.ts";
import { ownCommands } from "../supervisor/commands.ts";
import { say } from "./say.ts";

export async function startServer(
  program: Invocation["program"],
  command: Invocation["command"],
  words: readonly string[],
): Promise<number> {
  const prepared = prepareHere({ program, command, words, environment: process.env });
  if (prepared.kind !== "setup") return await serve(program, prepared);
  await warn(program, prepared.warnings);
  return (await import("../supervisor/set-up.ts")).setUp(prepared.settings);
}

/** As happens to a shell in the folder of a release that was replaced. */
const LEFT_BEHIND =
  "the directory that this was started in has been removed\n  Enter it again, or another one: cd DIRECTORY";

/** Prepares with what is known of this machine, of which `other` knows some better. */
export function prepareHere(
  invocation: Pick<Invocation, "program" | "command" | "words" | "environment" | "pinned">,
  other: Partial<Facts> = {},
): PreparedHere {
  const width = Number(process.env["COLUMNS"]) || process.stdout.columns || 80;
  if (isAdrift()) return { kind: "refuse", exit: 1, text: `${invocation.program.name}: error: ${LEFT_BEHIND}\n` };
  const facts = () => ({ ...gatherFacts(ownCommands().runAs), ...other });
  const prepared = prepare({ ...invocation, width, formatProblem }, facts);
  return "settings" in prepared ? withDirectives(prepared, invocation.program) : prepared;
}

/** `reread` is for a server that restarts: the settings with what the files of directives say by then. */
type PreparedHere = Prepared & { readonly reread?: Reread };

/** Whether the current directory has no name any more. */
function isAdrift(): boolean {
  try {
    process.cwd();
    return false;
  } catch {
    return true;
  }
}

/** With what the files of Apache directives say, which is checked here. */
function withDirectives(
  prepared: Extract<Prepared, { settings: unknown }>,
  program: Invocation["program"],
): PreparedHere {
  const reread = () =>
    readDirectives(prepared.settings, localSource(prepared.environment, prepared.settings.files.cgi));
  const settings = reread();
  if (!("problem" in settings)) return { ...prepared, settings, reread };
  return { kind: "refuse", exit: 1, text: `${program.name}: error: ${settings.problem}\n` };
}

function formatProblem({ accessFormat, errorFormat }: Logs): FormatProblem | null {
  const access = compileAccessFormat(accessFormat);
  if ("problem" in access) return { what: access.problem, option: "access-log-format", format: accessFormat };
  const error = errorFormat === null ? null : compileErrorFormat(errorFormat, "");
  if (error === null || !("problem" in error)) return null;
  return { what: error.problem, option: "error-log-format", format: errorFormat ?? "" };
}

/** Runs what was prepared to its end. `up` as in supervise. */
export async function serve(program: Invocation["program"], prepared: PreparedHere, up?: () => void): Promise<number> {
  if (prepared.kind === "show") return say(process.stdout, prepared.text, 0);
  if (prepared.kind === "refuse") return say(process.stderr, prepared.text, prepared.exit);
  const { settings, environment, warnings } = prepared;
  serveUnheard();
  await warn(program, warnings);
  adoptEnvironment(environment);
  if (settings.server.processName !== null) setTitle([settings.server.processName]);
  const { supervise } = await import("../supervisor/supervise.ts");
  return supervise(settings, ownCommands(), up, warnings, prepared.reread);
}

/** A full disk behind the standard streams, or nobody, must not end a server: without a listener the error would. */
function serveUnheard(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

export async function warn(program: Invocation["program"], warnings: readonly string[]): Promise<void> {
  if (warnings.length === 0) return;
  const { createConsola } = await import("consola/core");
  // A reporter of our own: those of consola write to standard output, where the access log may go.
  const log = ({ type, args }: { type: string; args: unknown[] }) =>
    void process.stderr.write(`${program.name}: ${type === "warn" ? "warning" : type}: ${args.join(" ")}\n`);
  const consola = createConsola({ reporters: [{ log }] });
  for (const warning of warnings) consola.warn(warning);
}

/** What a script exported, and what it unset, holds for the server and all that it starts. */
function adoptEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment === process.env) return;
  for (const name of Object.keys(process.env)) if (environment[name] === undefined) delete process.env[name];
  Object.assign(process.env, environment);
}
