/** The reference manual of the options, as Markdown. Pure. */

import { defaultOf, signature, withoutEffect, zeroOf } from "./describe.ts";
import type { Option } from "./option.ts";
import { groups } from "./table.ts";

const PREFACE = [
  "# Options of `malt start-server`",
  "",
  "<!-- Made by scripts/reference.ts from the option table in lib/options. -->",
  "",
  "A long option may be cut short while it stays unique, `--option value` and `--option=value` are the same, and",
  "`$NAME` or `${NAME}` in any word stands for a variable of the environment. When an option that cannot be repeated",
  "is given twice, the last one wins. Relative paths begin at the directory the server is started in.",
  "",
];

export function manual(): string {
  const contents: string[] = [];
  const body: string[] = [];
  for (const { subject, options } of groups) {
    const shown = Object.entries(options).filter(([, { hidden }]) => !hidden);
    if (shown.length === 0) continue;
    contents.push(`- [${subject}](#${slug(subject)})`);
    body.push(`## ${subject}`, "", ...shown.flatMap(([name, option]) => entry(name, option)));
  }
  return [...PREFACE, ...contents, "", ...body].join("\n").replace(/\n+$/, "\n");
}

function entry(name: string, option: Option): string[] {
  const preset = defaultOf(option);
  const zero = zeroOf(option);
  const effect = withoutEffect(option);
  const facts = [
    ...(preset === null ? [] : [`Default: ${escape(preset)}`]),
    ...(option.unit === null ? [] : [`Unit: ${option.unit}`]),
    ...(option.range === null ? [] : [`Values: ${escape(option.range)}`]),
    ...(zero === null ? [] : [`0: ${zero}`]),
    ...(option.repeatable ? ["May be repeated"] : []),
    `Status: ${effect === null ? "works" : escape(effect)}`,
  ];
  return [
    // The anchor of the heading is the option itself: #--port.
    `### \`--${name}\``,
    "",
    "```",
    name === "help" ? `-h, ${signature(name, option)}` : signature(name, option),
    "```",
    "",
    escape(option.help),
    "",
    ...facts.map((fact) => `- ${fact}`),
    "",
  ];
}

/** The anchor GitHub gives a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** Text in which `*`, `_` and `<` stand for themselves. */
function escape(text: string): string {
  return text.replace(/[*_<]/g, "\\$&");
}
