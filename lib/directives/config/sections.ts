/** Which paths a section is about: `<Directory>`, `<Location>` and `<Files>`, by text, wildcard or expression. Pure. */

import { globRegex, hasWildcards } from "../syntax/glob.ts";
import { compileRegex } from "../syntax/regex.ts";
import type { Config } from "./config.ts";

/** `match` gives what named groups of an expression have found. */
export interface Section {
  readonly match: (path: string) => Match | null;
  readonly config: Config;
}

export type Match = Readonly<Record<string, string | undefined>>;

export interface DirectorySection extends Section {
  /** Number of segments; those of fewer come first. Expressions come last. */
  readonly depth: number;
}

const PLAIN: Match = {};

/** The argument of a section: a text, or with "~" in front or in a …Match container an expression. */
export interface Subject {
  readonly text: string;
  readonly isRegex: boolean;
}

export function directoryMatcher({ text, isRegex }: Subject): { match: Section["match"]; depth: number } {
  if (isRegex) {
    const regex = compileRegex(text);
    // With and without its slash, since people write both.
    return { depth: Infinity, match: (path) => groups(regex.exec(`${path}/`) ?? regex.exec(path)) };
  }
  const path = text.replace(/\/+$/, "");
  const depth = path.split("/").length - 1;
  if (!hasWildcards(path)) return { depth, match: (given) => (given === path ? PLAIN : null) };
  const regex = globRegex(path, { isPath: true });
  return { depth, match: (given) => (regex.test(given) ? PLAIN : null) };
}

export function locationMatcher({ text, isRegex }: Subject): Section["match"] {
  if (isRegex) {
    const regex = compileRegex(text);
    return (path) => groups(regex.exec(path));
  }
  if (hasWildcards(text)) {
    const regex = globRegex(text, { isPath: true });
    return (path) => (regex.test(path) ? PLAIN : null);
  }
  // Whole segments: /private is not /privateer.
  return (path) => {
    const fits =
      path.startsWith(text) && (text.endsWith("/") || path.length === text.length || path[text.length] === "/");
    return fits ? PLAIN : null;
  };
}

export function fileNamePattern({ text, isRegex }: Subject): RegExp {
  return isRegex ? compileRegex(text) : globRegex(text);
}

function groups(found: RegExpExecArray | null): Match | null {
  return found === null ? null : (found.groups ?? PLAIN);
}
