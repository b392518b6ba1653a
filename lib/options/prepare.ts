/** One run of `start-server` or `setup-server` up to where something is started. Pure. */

import type { Logs, Program, Settings } from "../settings/settings.ts";
import { parseArguments } from "./argv.ts";
import { type Environment, expandVariables } from "./expand.ts";
import type { Facts } from "./facts.ts";
import { type Command, helpText, serverUsage } from "./help.ts";
import { describeProblem, type Problem } from "./problem.ts";
import { pythonRepr } from "./repr.ts";
import { adoptVariables } from "./resolve/envvars.ts";
import { resolveSettings } from "./resolve/resolve.ts";
import type { Values } from "./table.ts";

export type Prepared =
  | {
      /** "setup" makes the files of the server root and starts nothing. */
      readonly kind: "start" | "setup";
      readonly settings: Settings;
      readonly warnings: readonly string[];
      /** What the server is to have as its environment from here on. */
      readonly environment: Environment;
    }
  /** Text for standard output; the exit status is 0. */
  | { readonly kind: "show"; readonly text: string }
  /** Text for standard error: 2 for a wrong command line, 1 for what is missing on the machine. */
  | { readonly kind: "refuse"; readonly text: string; readonly exit: 1 | 2 };

export interface Invocation {
  readonly program: Pick<Program, "name" | "version">;
  readonly command: Command;
  /** The words after the command, as typed. */
  readonly words: readonly string[];
  /** For the variables in the words; null when they were replaced already. */
  readonly environment: Environment | null;
  /** Given when a server starts again: what it has as it had it then, whatever the words would come to now. */
  readonly pinned?: Partial<Values>;
  /** Columns of the terminal. */
  readonly width: number;
  /** What the writers of the logs can't do with a format, or null. */
  readonly formatProblem: (logs: Logs) => FormatProblem | null;
}

export interface FormatProblem {
  /** Names the directive. */
  readonly what: string;
  readonly option: "access-log-format" | "error-log-format";
  readonly format: string;
}

/** `gatherFacts` is only called once the words are known to be good: what follows starts programs. */
export function prepare(invocation: Invocation, gatherFacts: () => Facts): Prepared {
  const { program, command, environment, pinned, width, formatProblem } = invocation;
  const usage = serverUsage(program.name, command);
  const words = invocation.words.map((word) => (environment === null ? word : expandVariables(word, environment)));
  const parse = parseArguments(words);
  if (parse.kind === "help") return { kind: "show", text: helpText(program.name, command, width) };
  if (parse.kind === "wrong") return refuseUsage(usage, `${program.name}: error: ${parse.text}\n`);

  const parsed = { ...parse.parsed, values: { ...parse.parsed.values, ...pinned } };
  const facts = gatherFacts();
  const adopted = adoptVariables(parsed, facts);
  if ("what" in adopted) return { kind: "refuse", exit: 1, text: described(program, [adopted]) };
  const typed = `[${[program.name, command, ...invocation.words].map(pythonRepr).join(", ")}]`;
  const by = pinned === undefined ? command : "control";
  const whole: Program = { ...program, command: by, typed, words, directory: facts.directory };
  const resolution = resolveSettings(parsed, { ...facts, environment: adopted.environment }, whole);
  if ("settings" in resolution) {
    const { settings, warnings } = resolution;
    const problem = formatProblem(settings.logs);
    if (problem !== null) return refuseUsage(usage, described(program, [badFormat(problem)]));
    return {
      kind: command === "setup-server" || parsed.values["setup-only"] ? "setup" : "start",
      settings,
      warnings: [...adopted.warnings, ...warnings],
      environment: adopted.environment,
    };
  }
  const wrong = resolution.problems.filter(({ exit }) => exit === 2);
  if (wrong.length > 0) return refuseUsage(usage, described(program, wrong));
  return { kind: "refuse", exit: 1, text: described(program, resolution.problems) };
}

function badFormat({ what, option, format }: FormatProblem): Problem {
  const advice =
    option === "access-log-format"
      ? "Use common, combined, or the directives of Apache's LogFormat that docs/logs.md lists."
      : "Use the directives of Apache's ErrorLogFormat that docs/logs.md lists.";
  return { exit: 2, what, from: [[`--${option}`, format]], advice };
}

function refuseUsage(usage: string, text: string): Prepared {
  return { kind: "refuse", exit: 2, text: `${usage}\n${text}` };
}

function described({ name }: Invocation["program"], problems: readonly Problem[]): string {
  return problems.map((problem) => describeProblem(name, problem)).join("");
}
