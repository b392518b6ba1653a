/** RewriteCond: a text and what it must be. */

import { integer } from "../expressions/comparisons.ts";
import { contextOf } from "../expressions/context.ts";
import { parseExpression } from "../expressions/parse.ts";
import { compileRegex } from "../syntax/regex.ts";
import { parseConditionFlags, type ConditionFlags } from "./flags.ts";
import type { Maps } from "./maps.ts";
import { compileTemplate, type Filling } from "./template.ts";

export interface Condition {
  readonly flags: ConditionFlags;
  /** Keeps the groups of a match in `filling`. */
  holds(filling: Filling): boolean;
}

/** @throws Error when it is no good condition */
export function parseCondition(words: readonly string[], maps: Maps): Condition {
  const [testText, given, flagText, ...more] = words;
  if (testText === undefined || given === undefined || more.length > 0) {
    throw new Error("RewriteCond takes a text, a pattern and flags in brackets");
  }
  const flags = parseConditionFlags(flagText);
  const negated = given.startsWith("!");
  const pattern = negated ? given.slice(1) : given;
  if (testText.toLowerCase() === "expr") {
    const decide = parseExpression(pattern);
    return {
      flags,
      holds(filling) {
        const context = contextOf(filling.request);
        const found = decide(context);
        if (found && !negated && context.groups.length > 0) filling.condition = context.groups;
        return found !== negated;
      },
    };
  }
  const test = compileTemplate(testText, maps);
  const decide = patternTest(pattern, flags.ignoreCase);
  return { flags, holds: (filling) => decide(test(filling), filling, negated) !== negated };
}

type Decide = (text: string, filling: Filling, negated: boolean) => boolean;

const FILE_TESTS: Readonly<Record<string, Decide>> = {
  "-d": (text, { request }) => request.world.stat(text)?.kind === "directory",
  "-f": (text, { request }) => request.world.stat(text)?.kind === "file",
  "-F": (text, { request }) => request.world.stat(text)?.kind === "file",
  "-s": (text, { request }) => {
    const found = request.world.stat(text);
    return found?.kind === "file" && found.size > 0;
  },
  "-x": (text, { request }) => {
    const found = request.world.stat(text);
    return found?.kind === "file" && found.executable;
  },
  "-l": (text, { request }) => request.world.isLink(text),
  "-h": (text, { request }) => request.world.isLink(text),
  "-L": (text, { request }) => request.world.isLink(text),
};

const NUMBERS: Readonly<Record<string, (difference: number) => boolean>> = {
  eq: (difference) => difference === 0,
  ne: (difference) => difference !== 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
};

function patternTest(pattern: string, ignoreCase: boolean): Decide {
  const ofFile = FILE_TESTS[pattern];
  if (ofFile !== undefined) return ofFile;
  if (pattern === "-U") throw new Error("the test -U asks the server itself, which is not supported");
  const number = /^-(eq|ne|lt|le|gt|ge)\s*(.*)$/is.exec(pattern);
  if (number !== null) {
    const compare = NUMBERS[(number[1] as string).toLowerCase()] as (difference: number) => boolean;
    const right = integer(number[2] as string);
    return (text) => compare(integer(text) - right);
  }
  const order = /^([<>]=?|=)([^]*)$/.exec(pattern);
  if (order !== null) {
    const operator = order[1] as string;
    const right = order[2] === '""' ? "" : (order[2] as string);
    const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
    if (operator === "=") return (text) => fold(text) === fold(right);
    return (text) => {
      const difference = compareTexts(fold(text), fold(right));
      if (operator === "<") return difference < 0;
      if (operator === "<=") return difference <= 0;
      return operator === ">" ? difference > 0 : difference >= 0;
    };
  }
  const regex = compileRegex(pattern, ignoreCase);
  return (text, filling, negated) => {
    const found = regex.exec(text);
    if (found !== null && !negated) filling.condition = found;
    return found !== null;
  };
}

/** The longer text is the greater one, so that numbers compare as they should. */
function compareTexts(left: string, right: string): number {
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
