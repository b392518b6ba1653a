/** Apache's LogFormat, compiled once into a function of an {@link AccessRecord}. Pure. */

import { directives, type Item } from "./access-directives.ts";
import type { AccessRecord } from "./access-record.ts";

export type { AccessRecord } from "./access-record.ts";

/** The line of one request, without a newline. */
export type AccessFormatter = (record: AccessRecord) => string;

export interface FormatProblem {
  /** Names the directive and says what is wrong with it. */
  readonly problem: string;
}

// "%", then status codes with an optional "!", "<" or ">", and text in braces in any order, and the letter.
const DIRECTIVE = /%((?:!?\d{3}(?:,\d{3})*|[<>]|\{[^}]*\})*)([^]?)/y;

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\" };

/** Compiles a format such as `%h %l %u %t "%r" %>s %b`; a directive it doesn't know is a problem that names it. */
export function compileAccessFormat(format: string): AccessFormatter | FormatProblem {
  const items: Item[] = [];
  let at = 0;
  while (at < format.length) {
    if (format[at] !== "%") {
      const next = format.indexOf("%", at);
      const end = next === -1 ? format.length : next;
      const text = format.slice(at, end).replace(/\\[nrt\\]/g, (escape) => ESCAPES[escape] ?? escape);
      items.push(() => text);
      at = end;
      continue;
    }
    DIRECTIVE.lastIndex = at;
    const [whole = "", modifiers = "", letter = ""] = DIRECTIVE.exec(format) ?? [];
    const item = directive(modifiers, letter);
    if (item === undefined) {
      return { problem: `access log format: ${whole} is no directive known here, at character ${at + 1} of ${format}` };
    }
    items.push(item);
    at = DIRECTIVE.lastIndex;
  }
  return (record) => {
    let line = "";
    for (const item of items) line += item(record);
    return line;
  };
}

function directive(modifiers: string, letter: string): Item | undefined {
  const make = Object.hasOwn(directives, letter) ? directives[letter] : undefined;
  const argument = /\{([^}]*)\}/.exec(modifiers)?.[1];
  const bare = modifiers.replace(/\{[^}]*\}/g, "");
  // %s alone is the first status, as in Apache; %>s the one that was sent.
  const item = make?.(argument, !bare.includes(">"));
  const [, not, codes] = /(!?)(\d{3}(?:,\d{3})*)/.exec(bare) ?? [];
  if (item === undefined || codes === undefined) return item;
  const listed = new Set(codes.split(",").map(Number));
  const wanted = not === "";
  return (record) => (listed.has(record.status) === wanted ? item(record) : "-");
}
