/** What the groups state their options with: one function for each kind of value. Pure. */

import { pythonFloat, pythonInteger } from "./numbers.ts";
import type { Kind, Needs, Option, Read, Status } from "./option.ts";
import { pythonRepr } from "./repr.ts";

interface Spec<Each> {
  readonly status: Status;
  readonly help: string;
  readonly default?: Each;
  readonly fallback?: string;
  readonly reason?: string;
  readonly hidden?: true;
  readonly alias?: string;
  /** What is wrong with a value, naming it, and what to try; null when it is good. */
  readonly check?: (value: Each) => string | null;
}

interface NumberSpec extends Spec<number> {
  readonly min?: number;
  readonly max?: number;
  /** What 0 means; with it 0 is good even below `min`. */
  readonly zero?: string;
}

interface PathSpec extends Spec<string> {
  readonly needs?: Needs;
}

type Outcome<S, Each> = S extends { readonly default: Each } ? Each : Each | undefined;

/** Where the original hands numbers to C's `atoi`: what does not fit an int would come out as something else there. */
const LARGEST_INT = 2_147_483_647;

export function flag(spec: Omit<Spec<boolean>, "default">): Option<boolean, boolean> {
  return { ...stated("flag", [], { ...spec, default: false }), read: () => ({ value: true }) };
}

export function text<const S extends Spec<string>>(metavar: string, spec: S): Option<string, Outcome<S, string>> {
  return { ...stated<string, S>("text", [metavar], spec), read: (name, [word = ""]) => checked(name, word, spec) };
}

/** A path of the file system. The value is as given: `resolveSettings` makes it absolute. */
export function path<const S extends PathSpec>(metavar: string, spec: S): Option<string, Outcome<S, string>> {
  return {
    ...stated<string, S>("path", [metavar], spec),
    needs: spec.needs ?? null,
    read: (name, [word = ""]) =>
      word === "" ? wrong(name, "an empty path; give one, or leave the option out") : checked(name, word, spec),
  };
}

/** One of a few words, in any case; the value is the word as listed. */
export function choice<const C extends readonly string[], const S extends Spec<C[number]>>(
  metavar: string,
  choices: C,
  spec: S,
): Option<C[number], Outcome<S, C[number]>> {
  return {
    ...stated<C[number], S>("choice", [metavar], spec),
    range: choices.join(", "),
    read: (name, [word = ""]) => {
      const value = choices.find((known) => known.toLowerCase() === word.toLowerCase());
      if (value === undefined) return wrong(name, `${pythonRepr(word)} is not known; choose ${listed(choices)}`);
      return { value };
    },
  };
}

export function integer<const S extends NumberSpec>(
  metavar: string,
  unit: string | null,
  spec: S,
): Option<number, Outcome<S, number>> {
  const { min = 0, max = LARGEST_INT, zero } = spec;
  return {
    ...stated<number, S>("integer", [metavar], spec),
    unit,
    zero: zero ?? null,
    range: inWords(min, max, zero !== undefined),
    read: (name, [word = ""]) => {
      const value = pythonInteger(word);
      if (value === null) return wrong(name, `invalid integer value: ${pythonRepr(word)}`);
      if (value === 0 && zero !== undefined) return { value: 0 };
      if (value < min) return wrong(name, `${word.trim()} is too small; ${smallest(min, unit, zero)}`);
      if (value > max) return wrong(name, `${word.trim()} is too large; the largest is ${max}`);
      return checked(name, value, spec);
    },
  };
}

/** Whole seconds, 0 or more. */
export function seconds<const S extends NumberSpec>(spec: S): Option<number, Outcome<S, number>> {
  return integer("SECONDS", "seconds", spec);
}

/** A number from 0 to 1. The error text is that of the original, which checks only these ranges itself. */
export function fraction<const S extends Spec<number>>(spec: S): Option<number, Outcome<S, number>> {
  return {
    ...stated<number, S>("float", ["NUMBER"], spec),
    range: "0 to 1",
    read: (name, [word = ""]) => {
      const value = pythonFloat(word);
      if (value === null) return wrong(name, `invalid floating-point value: ${pythonRepr(word)}`);
      if (value >= 0 && value <= 1) return { value };
      return { wrong: `${name} option value needs to be within the range 0 to 1.` };
    },
  };
}

type Pair = readonly [string, string];

/** Two words. `needs` is about the second. */
export function pair<const S extends Spec<Pair>>(
  metavars: readonly [string, string],
  spec: S,
): Option<Pair, Outcome<S, Pair>> {
  return {
    ...stated<Pair, S>("pair", metavars, spec),
    read: (name, [first = "", second = ""]) => checked<Pair>(name, [first, second], spec),
  };
}

/** The same option, collecting every use in order instead of keeping the last. */
export function repeatable<Each>(option: Option<Each>): Option<Each, readonly Each[]> {
  return { ...option, repeatable: true, default: [] };
}

function stated<Each, S extends Spec<Each>>(
  kind: Kind,
  metavars: readonly string[],
  spec: S,
): Omit<Option<Each, Outcome<S, Each>>, "read"> {
  return {
    kind,
    metavars,
    unit: null,
    repeatable: false,
    default: spec.default as Outcome<S, Each>,
    fallback: spec.fallback ?? null,
    zero: null,
    range: null,
    help: spec.help,
    status: spec.status,
    reason: spec.reason ?? null,
    hidden: spec.hidden ?? false,
    alias: spec.alias ?? null,
    needs: null,
  };
}

function checked<Each>(name: string, value: Each, spec: Spec<Each>): Read<Each> {
  const complaint = spec.check?.(value) ?? null;
  return complaint === null ? { value } : wrong(name, complaint);
}

function wrong(name: string, complaint: string): { wrong: string } {
  return { wrong: `option ${name}: ${complaint}` };
}

function smallest(min: number, unit: string | null, zero: string | undefined): string {
  if (min === 0 || zero === undefined) return `the smallest is ${min}`;
  return `give 0 (${zero}) or at least ${min}${unit === null ? "" : ` ${unit}`}`;
}

function inWords(min: number, max: number, zero: boolean): string {
  const least = zero && min > 1 ? `0, or ${min}` : zero ? "0" : `${min}`;
  return max === LARGEST_INT || max === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${max}`;
}

/** "a, b or c". */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
