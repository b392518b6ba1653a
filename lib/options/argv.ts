/**
 * The command line, read by the rules of Python's optparse that users of the original rely on. Pure.
 *
 * Options and plain words mix; a long option may be cut short while it stays unique; a value is whatever word follows,
 * even one that begins with "-"; `--` ends the options; the last use wins unless the option collects.
 */

import { options, type OptionName, type Values } from "./table.ts";

export interface Parsed {
  readonly values: Values;
  /** The options that were given, in order, each with the words of its last use. */
  readonly given: ReadonlyMap<OptionName, readonly string[]>;
  readonly positionals: readonly string[];
}

export type Parse =
  | { readonly kind: "parsed"; readonly parsed: Parsed }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly text: string };

/** Every flag that is accepted, `--` included, and the option it stands for. */
const flags = new Map<string, OptionName>();
for (const [name, { alias }] of options) {
  flags.set(`--${name}`, name);
  if (alias !== null) flags.set(`--${alias}`, name);
}

/** What `words`, without the program and the command, come to. The first error ends the reading, as `--help` does. */
export function parseArguments(words: readonly string[]): Parse {
  const values = new Map<OptionName, unknown>();
  const given = new Map<OptionName, readonly string[]>();
  const positionals: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      positionals.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    if (!word.startsWith("--")) {
      const [, letter = ""] = word;
      return letter === "h" ? { kind: "help" } : wrong(`no such option: -${letter}`);
    }

    const equals = word.indexOf("=");
    const match = matchFlag(equals < 0 ? word : word.slice(0, equals));
    if ("wrong" in match) return wrong(match.wrong);
    const { flag, name } = match;
    const option = options.get(name)!;
    const count = option.metavars.length;
    if (equals >= 0 && count === 0) return wrong(`${flag} option does not take a value`);
    if (name === "help") return { kind: "help" };
    if (equals >= 0) rest.unshift(word.slice(equals + 1));
    if (rest.length < count) return wrong(`${flag} option requires ${count} argument${count === 1 ? "" : "s"}`);

    const taken = rest.splice(0, count);
    const read = option.read(flag, taken);
    if ("wrong" in read) return wrong(read.wrong);
    const before = values.get(name);
    values.set(name, option.repeatable ? [...(Array.isArray(before) ? before : []), read.value] : read.value);
    given.set(name, taken);
  }
  return { kind: "parsed", parsed: { values: withDefaults(values), given, positionals } };
}

/** The option `typed` names: exactly, or as the only one that begins so. */
function matchFlag(typed: string): { flag: string; name: OptionName } | { wrong: string } {
  const exact = flags.get(typed);
  if (exact !== undefined) return { flag: typed, name: exact };
  const candidates = [...flags].filter(([flag]) => flag.startsWith(typed));
  const [only] = candidates;
  if (only === undefined) return { wrong: `no such option: ${typed}` };
  if (candidates.length === 1) return { flag: only[0], name: only[1] };
  const listed = candidates.map(([flag]) => flag).toSorted();
  return { wrong: `ambiguous option: ${typed} (${listed.join(", ")}?)` };
}

/** Each entry was read by its own option, whose type `Values` is made of. */
function withDefaults(values: ReadonlyMap<OptionName, unknown>): Values {
  const all = [...options].map(([name, option]) => [name, values.has(name) ? values.get(name) : option.default]);
  return Object.fromEntries(all) as Values;
}

function wrong(text: string): Parse {
  return { kind: "wrong", text };
}
