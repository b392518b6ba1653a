/** One run of `start-server` or `setup-server` up to where something is started. Pure. */

import type { Program, Settings } from "../settings/settings.ts";
import { parseArguments } from "./argv.ts";
import { type Environment, expandVariables } from "./expand.ts";
import type { Facts } from "./facts.ts";
import { type Command, helpText, serverUsage } from "./help.ts";
import { describeProblem, type Problem } from "./problem.ts";
import { resolveSettings } from "./resolve/resolve.ts";

export type Prepared =
  | { readonly kind: "start"; readonly settings: Settings; readonly warnings: readonly string[] }
  /** Text for standard output; the exit status is 0. */
  | { readonly kind: "show"; readonly text: string }
  /** Text for standard error: 2 for a wrong command line, 1 for what is missing on the machine. */
  | { readonly kind: "refuse"; readonly text: string; readonly exit: 1 | 2 };

export interface Invocation {
  readonly program: Program;
  readonly command: Command;
  /** The words after the command, as typed. */
  readonly words: readonly string[];
  readonly environment: Environment;
  /** Columns of the terminal. */
  readonly width: number;
  /** What the writer of the access log can't do with a format, or null. */
  readonly formatProblem: (format: string) => string | null;
}

/** `gatherFacts` is only called once the words are known to be good: it starts an interpreter. */
export function prepare(invocation: Invocation, gatherFacts: () => Facts): Prepared {
  const { program, command, words, environment, width, formatProblem } = invocation;
  const usage = serverUsage(program.name, command);
  const parse = parseArguments(words.map((word) => expandVariables(word, environment)));
  if (parse.kind === "help") return { kind: "show", text: helpText(program.name, command, width) };
  if (parse.kind === "wrong") return refuseUsage(usage, `${program.name}: error: ${parse.text}\n`);

  if (command === "setup-server" || parse.parsed.values["setup-only"]) {
    const label = command === "setup-server" ? "command" : "option";
    return { kind: "refuse", exit: 1, text: describeProblem(program.name, noSetup(label, words)) };
  }

  const resolution = resolveSettings(parse.parsed, gatherFacts(), program);
  if ("settings" in resolution) {
    const problem = formatProblem(resolution.settings.logs.accessFormat);
    if (problem === null) return { kind: "start", ...resolution };
    return refuseUsage(usage, described(program, [badFormat(problem, resolution.settings)]));
  }
  const wrong = resolution.problems.filter(({ exit }) => exit === 2);
  if (wrong.length > 0) return refuseUsage(usage, described(program, wrong));
  return { kind: "refuse", exit: 1, text: described(program, resolution.problems) };
}

function noSetup(label: string, words: readonly string[]): Problem {
  return {
    exit: 1,
    what: "this version cannot make the files of the server root without starting the server",
    from: [[label, label === "command" ? ["setup-server", ...words].join(" ") : "--setup-only"]],
    advice: "Use start-server without --setup-only; it makes the files it needs by itself.",
  };
}

function badFormat(what: string, { logs }: Settings): Problem {
  return {
    exit: 2,
    what,
    from: [["--access-log-format", logs.accessFormat]],
    advice: "Use common, combined, or the directives of Apache's LogFormat.",
  };
}

function refuseUsage(usage: string, text: string): Prepared {
  return { kind: "refuse", exit: 2, text: `${usage}\n${text}` };
}

function described({ name }: Program, problems: readonly Problem[]): string {
  return problems.map((problem) => describeProblem(name, problem)).join("");
}
