/** Apache's LogFormat, compiled once into a function of an {@link AccessRecord}. Pure. */

import { directives, type Item } from "./access-directives.ts";
import type { AccessRecord } from "./access-record.ts";
import type { LineBuffer } from "./line-buffer.ts";

export type { AccessRecord } from "./access-record.ts";

/** Adds the line of one request, without a newline. */
export type AccessFormatter = (line: LineBuffer, record: AccessRecord) => void;

export interface FormatProblem {
  /** Names the directive and says what is wrong with it. */
  readonly problem: string;
}

// "%", then status codes, "!", "<", ">" and text in braces in any order, and the letter, or "^" and two letters.
const DIRECTIVE = /%((?:[!<>,]|\d+|\{[^}]*\})*)(\^..|[^]?)/y;

const ESCAPES: Readonly<Record<string, string>> = { "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\" };

/** Compiles a format such as `%h %l %u %t "%r" %>s %b`; a directive it doesn't know is a problem that names it. */
export function compileAccessFormat(format: string): AccessFormatter | FormatProblem {
  const texts: string[] = [];
  const items: Item[] = [];
  let text = "";
  for (const part of partsOf(format)) {
    if (typeof part === "string") {
      text += part.replace(/\\[nrt\\]/g, (escape) => ESCAPES[escape] ?? escape);
      continue;
    }
    const { whole, modifiers, letter } = part;
    if (whole === "%%") {
      text += "%";
      continue;
    }
    const item = directive(modifiers, letter);
    if (item === undefined) {
      return {
        problem: `access log format: ${whole} is no directive known here, at character ${part.at + 1} of ${format}`,
      };
    }
    if (typeof item === "string") {
      text += item;
      continue;
    }
    texts.push(wireText(text));
    items.push(item);
    text = "";
  }
  const end = wireText(text);
  return (line, record) => {
    // Indexed, and what is the same for all lines apart: this is most of what a line costs.
    for (let index = 0; index < items.length; index += 1) {
      line.latin1(texts[index] ?? "");
      items[index]?.(line, record);
    }
    line.latin1(end);
  };
}

/** The format of a command line is a text; lines are bytes. */
function wireText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The letters of the directives in `format`: what must be observed to write such lines. */
export function lettersIn(format: string): ReadonlySet<string> {
  return new Set(partsOf(format).flatMap((part) => (typeof part === "string" ? [] : [part.letter])));
}

interface Part {
  readonly whole: string;
  readonly modifiers: string;
  readonly letter: string;
  readonly at: number;
}

/** Text, and directives. */
function partsOf(format: string): readonly (string | Part)[] {
  const parts: (string | Part)[] = [];
  for (let at = 0; at < format.length;) {
    if (format[at] === "%") {
      DIRECTIVE.lastIndex = at;
      const [whole = "", modifiers = "", letter = ""] = DIRECTIVE.exec(format) ?? [];
      parts.push({ whole, modifiers, letter, at });
      at = DIRECTIVE.lastIndex;
    } else {
      const next = format.indexOf("%", at);
      const end = next === -1 ? format.length : next;
      parts.push(format.slice(at, end));
      at = end;
    }
  }
  return parts;
}

function directive(modifiers: string, letter: string): Item | string | undefined {
  const make = Object.hasOwn(directives, letter) ? directives[letter] : undefined;
  const argument = /.*\{([^}]*)\}/s.exec(modifiers)?.[1];
  const bare = modifiers.replace(/\{[^}]*\}/g, "");
  // %s alone is the first status, as in Apache; %>s the one that was sent. Of several modifiers the last one counts.
  const item = make?.(argument, bare.lastIndexOf(">") <= bare.lastIndexOf("<"));
  const codes = new Set((bare.match(/\d+/g) ?? []).map(Number));
  if (item === undefined || codes.size === 0) return item;
  const wanted = (bare.split("!").length - 1) % 2 === 0;
  const wantedItem: Item = typeof item === "string" ? (line) => line.latin1(item) : item;
  return (line, record) => (codes.has(record.status) === wanted ? wantedItem(line, record) : line.latin1("-"));
}
