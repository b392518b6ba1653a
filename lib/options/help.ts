/** Usage lines and the text of `--help`. Pure. */

import { defaultOf, signature, withoutEffect, zeroOf } from "./describe.ts";
import type { Option } from "./option.ts";
import { groups } from "./table.ts";

/** Column where the help of an option begins. */
const INDENT = 26;

/** Those that take the options of the table. */
export type Command = "start-server" | "setup-server";

export const COMMANDS: readonly (readonly [name: Command, description: string])[] = [
  ["start-server", "serve a WSGI application"],
  ["setup-server", "make the files of the server root only"],
];

/** What the control script of a server root calls: see lib/supervisor/control-script.ts. */
export const CONTROL = ["control", "start, stop or restart the server of a server root"] as const;

/** What looks into a running server. */
export const LOOKS: readonly (readonly [name: string, description: string])[] = [
  ["status", "tell what a running server is doing"],
  ["stacks", "print what its threads are executing"],
  ["top", "watch it"],
];

export function serverUsage(program: string, command: string): string {
  return `Usage: ${program} ${command} script [options]\n`;
}

/** Usage of the program as a whole. */
export function programUsage(program: string): string {
  const commands = [...COMMANDS, CONTROL, ...LOOKS].map(
    ([name, description]) => `    ${name.padEnd(16)}${description}`,
  );
  return [`Usage: ${program} command [params]`, "", "Commands:", ...commands, ""].join("\n");
}

/** `width` is that of the terminal in columns. */
export function helpText(program: string, command: string, width: number): string {
  const lines = [serverUsage(program, command)];
  for (const { subject, options } of groups) {
    const shown = Object.entries(options).filter(([, option]) => !option.hidden);
    if (shown.length === 0) continue;
    lines.push(`${subject}:`, ...shown.flatMap(([name, option]) => optionLines(name, option, width)), "");
  }
  return lines.join("\n");
}

function optionLines(name: string, option: Option, width: number): string[] {
  const written = `  ${name === "help" ? "-h, " : ""}${signature(name, option)}`;
  // Below 20 columns for the text nothing is readable any more.
  const text = wrap([option.help, ...remarks(option)].join(" "), Math.max(20, width - INDENT));
  const indented = text.map((line) => " ".repeat(INDENT) + line);
  if (written.length > INDENT - 2) return [written, ...indented];
  const [first = "", ...rest] = text;
  return [written.padEnd(INDENT) + first, ...rest.map((line) => " ".repeat(INDENT) + line)];
}

function remarks(option: Option): string[] {
  const preset = defaultOf(option);
  const zero = zeroOf(option);
  const effect = withoutEffect(option);
  const remark = [
    ...(option.kind === "choice" ? [`One of ${option.range}.`] : []),
    ...(preset === null ? [] : [`Default: ${preset}.`]),
    ...(zero === null ? [] : [`0: ${zero}.`]),
    ...(option.repeatable ? ["May be repeated."] : []),
    ...(effect === null ? [] : [`[${effect}]`]),
  ];
  return remark;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
