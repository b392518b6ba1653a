import { expect, test } from "bun:test";
import { parseArguments } from "../../lib/options/argv.ts";
import { expandVariables } from "../../lib/options/expand.ts";
import { pythonFloat, pythonInteger } from "../../lib/options/numbers.ts";
import { pythonRepr } from "../../lib/options/repr.ts";
import { options } from "../../lib/options/table.ts";
import { random } from "../support/random.ts";

/** Runs a Python program with `input` as JSON on its standard input; what it prints is JSON too. */
function python(program: string, input: unknown, environment: Record<string, string> = {}): unknown {
  const { stdout, stderr, exitCode } = Bun.spawnSync(["python3", "-c", program], {
    stdin: new TextEncoder().encode(JSON.stringify(input)),
    env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
  });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

/** optparse with the options of our table, and what it makes of each command line. */
const OPTPARSE = `
import json, optparse, sys

class Wrong(Exception): pass
class Help(Exception): pass

class Parser(optparse.OptionParser):
    def error(self, text):
        raise Wrong(text)

def show(*_):
    raise Help()

given = json.load(sys.stdin)
parser = Parser(add_help_option=False)
parser.add_option("-h", "--help", action="callback", callback=show)
for option in given["options"]:
    names = ["--" + name for name in option["names"]]
    how = {"dest": names[0]}
    if option["arity"] == 0:
        how["action"] = "store_true"
    else:
        how.update(action="append" if option["repeatable"] else "store", type=option["type"], nargs=option["arity"])
    for name in names:
        parser.add_option(name, **how)

def run(words):
    try:
        values, positionals = parser.parse_args(list(words))
    except Wrong as wrong:
        return {"wrong": str(wrong)}
    except Help:
        return {"help": True}
    chosen = {name[2:]: value for name, value in vars(values).items() if value is not None}
    return {"values": chosen, "positionals": positionals}

print(json.dumps([run(words) for words in given["lines"]]))
`;

test("random command lines come to the same as with Python's optparse, error texts included", () => {
  const dice = random(49);
  const pick = <T>(list: readonly T[]): T => list[dice(list.length)]!;
  const names = [...options].flatMap(([name, { alias }]) => (alias === null ? [name] : [name, alias]));
  const values = ["0", "7", "0x10", "0b11", "010", "-010", "09", " 5 ", "1_0", "1__0", "", "abc", "it's", "0.5", "5."];
  const words = [
    "app.py",
    "-",
    "--",
    "-h",
    "-x",
    "/a",
    "--help",
    "é\n\t\\",
    "--=",
    "--log",
    "--s",
    "---",
    "warn",
    "all",
  ];
  const lines = Array.from({ length: 6000 }, () =>
    Array.from({ length: 1 + dice(6) }, () => {
      if (dice(5) === 0) return pick(words);
      if (dice(2) === 0) return pick(values);
      const name = `--${pick(names)}`;
      const flag = dice(3) === 0 ? name.slice(0, 3 + dice(name.length)) : name;
      return dice(3) === 0 ? `${flag}=${pick(values)}` : flag;
    }),
  );
  const types: Readonly<Record<string, string>> = { integer: "int", float: "float" };
  const table = [...options]
    .filter(([name]) => name !== "help")
    .map(([name, { alias, metavars, repeatable, kind }]) => ({
      names: alias === null ? [name] : [name, alias],
      arity: metavars.length,
      repeatable,
      type: types[kind] ?? "string",
    }));
  const answers = python(OPTPARSE, { options: table, lines }) as Record<string, unknown>[];

  let compared = 0;
  for (const [index, line] of lines.entries()) {
    const parse = parseArguments(line);
    // Ranges and choices are our own: optparse does not look at them.
    if (parse.kind === "wrong" && isOurs(parse.text)) continue;
    compared += 1;
    expect({ line, ...outcome(parse) }).toEqual({ line, ...answers[index] });
  }
  expect(compared).toBeGreaterThan(3000);
});

function isOurs(text: string): boolean {
  return /^option --[\w-]+: (?!invalid (integer|floating-point) value: )|within the range/.test(text);
}

function outcome(parse: ReturnType<typeof parseArguments>): object {
  if (parse.kind === "wrong") return { wrong: parse.text };
  if (parse.kind === "help") return { help: true };
  const { values, given, positionals } = parse.parsed;
  const entries = [...given.keys()].map((name) => [name, values[name]]);
  return { values: Object.fromEntries(entries), positionals };
}

interface Answers {
  readonly integers: (number | null)[];
  readonly floats: string[];
  readonly quoted: string[];
  readonly expanded: string[];
}

test("numbers, quoting and variables are those of Python", () => {
  const dice = random(7);
  const letters = [..."0123456789xXbBoOaAfF_+-. eEinfty\n\t'\"\\é\u00a0\u200b\u{1f943}\u0001"];
  const texts = Array.from({ length: 5000 }, () =>
    Array.from({ length: dice(7) }, () => letters[dice(letters.length)]).join(""),
  );
  const marks = ["$", "{", "}", "A", "B_1", "$A", "${A}", "é", "-", "${", "$B", "A$"];
  const lines = Array.from({ length: 2000 }, () =>
    Array.from({ length: dice(6) }, () => marks[dice(marks.length)]).join(""),
  );
  const answers = python(
    `
import json, optparse, os, sys
given = json.load(sys.stdin)
def attempt(read, text):
    try:
        return read(text)
    except ValueError:
        return None
print(json.dumps({
    "integers": [attempt(lambda word: optparse._parse_int(word), text) for text in given["texts"]],
    "floats": [repr(attempt(float, text)) for text in given["texts"]],
    "quoted": [repr(text) for text in given["texts"]],
    "expanded": [os.path.expandvars(line) for line in given["lines"]],
}))`,
    { texts, lines },
    { A: "$B_1", B_1: "beta" },
  ) as Answers;

  const floats = answers.floats.map((text) => (text === "None" ? null : Number(text.replace("inf", "Infinity"))));
  expect(texts.map(pythonInteger)).toEqual(answers.integers);
  expect(texts.map(pythonFloat)).toEqual(floats);
  expect(texts.map(pythonRepr)).toEqual(answers.quoted);
  const environment = { A: "$B_1", B_1: "beta" };
  expect(lines.map((line) => expandVariables(line, environment))).toEqual(answers.expanded);
});

test("a variable is only one of the environment, not of JavaScript", () => {
  expect(expandVariables("$constructor ${__proto__}", {})).toBe("$constructor ${__proto__}");
});
