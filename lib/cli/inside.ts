/** `status`, `stacks` and `top`: what a running server is doing, asked of it by way of its server root. */

import { parseArgs } from "node:util";
import { resolve } from "node:path";
import { codeOf } from "../os/errors.ts";
import { askServer, runningRoots } from "../supervisor/asking.ts";
import { StartupError } from "../supervisor/startup-error.ts";
import { say } from "./say.ts";
import { stacksText, statusText } from "./status-text.ts";
import { top } from "./top.ts";

export type Inside = "status" | "stacks" | "top";

/** What the initd convention of "status" calls "program is not running". */
const NOT_RUNNING = 3;

const ABOUT: Readonly<Record<Inside, string>> = {
  status: "Tells what a running server is doing. The exit status is 0, or 3 when it does not run.",
  stacks: "Prints what every thread of every worker is executing.",
  top: "Shows what a running server is doing, each second anew. Piped, it prints one second.",
};

function usage(program: string, command: Inside): string {
  return `Usage: ${program} ${command} [SERVER-ROOT] [--json]

${ABOUT[command]}

  SERVER-ROOT, or --server-root DIRECTORY-PATH
             of the server; can be left out when you run one server with the usual root
  --json     everything there is to know, for programs
`;
}

export async function inside(program: string, command: Inside, words: readonly string[]): Promise<number> {
  const given = understood(words);
  if (given === "help") return await say(process.stdout, usage(program, command), 0);
  if (typeof given === "string")
    return await say(process.stderr, `${usage(program, command)}\n${program}: ${given}\n`, 2);
  try {
    const root = given.root ?? theOnlyRoot(program, command);
    if (root === null) return await say(process.stderr, `${program}: no server of yours runs\n`, NOT_RUNNING);
    return await tell(program, command, resolve(root), given.json);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return await say(process.stderr, `${program}: ${error.message}\n`, 1);
  }
}

async function tell(program: string, command: Inside, root: string, json: boolean): Promise<number> {
  const gone = () => say(process.stderr, `${program}: no server runs from ${root}\n`, NOT_RUNNING);
  if (command === "top" && !json) return await top(() => askServer(root, { ask: "report" }), gone);
  const report = await askServer(root, { ask: command === "stacks" ? "stacks" : "report" });
  if (report === null) return await gone();
  const text = command === "stacks" ? stacksText(report) : statusText(report);
  return await say(process.stdout, json ? `${JSON.stringify(report, null, 2)}\n` : text, 0);
}

/** "help", or what is wrong, or what is wanted. */
function understood(words: readonly string[]): string | { readonly root: string | undefined; readonly json: boolean } {
  const options = {
    "server-root": { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    if (values.help) return "help";
    const roots = [...positionals, ...(values["server-root"] === undefined ? [] : [values["server-root"]])];
    if (roots.includes("")) return "the server root is empty";
    if (roots.length > 1) return "one server at a time; give one server root";
    return { root: roots[0], json: values.json };
  } catch (error) {
    return complaint(error);
  }
}

/** In the words of the other commands; those of the library go on about positional arguments. */
function complaint(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [option = ""] = /-[^' ]+/.exec(message) ?? [];
  switch (codeOf(error)) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return `no such option: ${option}`;
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      return option === "--json" ? "--json option does not take a value" : `${option} option requires 1 argument`;
    default:
      return message;
  }
}

/** null when there is none; which of several, only the operator knows. */
function theOnlyRoot(program: string, command: Inside): string | null {
  const roots = runningRoots();
  const [only] = roots;
  if (roots.length < 2) return only ?? null;
  const choices = roots.map((root) => `  ${program} ${command} ${root}`);
  throw new StartupError(`several servers of yours run; name one\n${choices.join("\n")}`);
}
