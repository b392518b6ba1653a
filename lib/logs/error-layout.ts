/**
 * Apache's ErrorLogFormat, compiled once into a function of an {@link ErrorRecord}. Pure.
 *
 * A blank begins a field (`% ` does, too, without being written; `\ ` is a blank that doesn't). A field whose item has
 * nothing to say is left out with all its text.
 */

import { LOG_LEVELS } from "../settings/log-level.ts";
import type { FormatProblem } from "./access-format.ts";
import { errorDirective, type ErrorItem } from "./error-directives.ts";
import type { ErrorLayout, ErrorRecord } from "./error-record.ts";
import { escapeMessage } from "./escape.ts";
import { cutLine, LINE_BYTES } from "./line-length.ts";

// "%", then "-" and "+" and a number and text in braces in any order, and the letter.
const DIRECTIVE = /%((?:[-+]|\d+|\{[^}]*\})*)([^]?)/y;

// Blanks at its begin belong to a text; a later one begins another field.
const TEXT = / *(?:[^%\\ ]|\\[^]?)*/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

interface Part {
  readonly item: ErrorItem;
  readonly beginsField: boolean;
  /** The number of the least talkative level at which it is written. */
  readonly fromLevel: number;
  /** Always written: text, which may be empty, and the message. */
  readonly always: boolean;
}

const levelNumber = new Map(LOG_LEVELS.map((level, number) => [level, number]));

/** Compiles a format; what is wrong with it names the directive. `serverName` is the name of the site. */
export function compileErrorFormat(format: string, serverName: string): ErrorLayout | FormatProblem {
  const parts: Part[] = [];
  const variables = new Set<string>();
  let saidMessage = false;
  let beginsField = false;
  const add = (item: ErrorItem, always: boolean, fromLevel = 0) => {
    parts.push({ item, always, fromLevel, beginsField });
    beginsField = false;
  };

  for (let at = 0; at < format.length;) {
    if (format[at] !== "%") {
      TEXT.lastIndex = at;
      const [raw = ""] = TEXT.exec(format) ?? [];
      const text = raw.replace(/\\([^]?)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
      beginsField ||= raw.startsWith(" ");
      add(() => text, true);
      at = TEXT.lastIndex;
      continue;
    }
    DIRECTIVE.lastIndex = at;
    const [whole = "", modifiers = "", letter = ""] = DIRECTIVE.exec(format) ?? [];
    const where = `at character ${at + 1} of ${format}`;
    const bad = (why: string) => ({ problem: `error log format: ${whole} ${why}, ${where}` });
    at = DIRECTIVE.lastIndex;
    if (whole === "% ") {
      beginsField = true;
    } else if (whole === "%%") {
      add(() => "%", true);
    } else if (letter === "M") {
      // Cut before escaping as well, so that a huge message costs no more than a long one.
      add(({ text }) => escapeMessage(text.slice(0, LINE_BYTES)), true);
      saidMessage = true;
    } else {
      const argument = /.*\{([^}]*)\}/s.exec(modifiers)?.[1] ?? "";
      const bare = modifiers.replace(/\{[^}]*\}/g, "");
      const made = errorDirective(letter, argument, serverName);
      if (made === undefined) return bad("is no directive known here");
      if (bare.includes("+"))
        return bad("cannot be required: that is for formats of Apache that are written once a request");
      const fromLevel = Number(/\d+/.exec(bare)?.[0] ?? 0);
      if (fromLevel >= LOG_LEVELS.length) return bad(`names a level beyond ${LOG_LEVELS.length - 1}`);
      for (const name of made.variables) variables.add(name);
      add(bare.includes("-") ? (record) => made.item(record) || "-" : made.item, false, fromLevel);
    }
  }
  if (!saidMessage) return { problem: `error log format: the message, %M, is missing in ${format}` };
  return { line: (record) => cutLine(lineOf(parts, record)), variables: [...variables] };
}

function lineOf(parts: readonly Part[], record: ErrorRecord): string {
  const level = levelNumber.get(record.level) ?? 0;
  let line = "";
  let fieldStart = 0;
  let skipping = false;
  for (const { item, always, beginsField, fromLevel } of parts) {
    if (beginsField) {
      skipping = false;
      fieldStart = line.length;
    }
    if (skipping) continue;
    const text = fromLevel > level ? "" : item(record);
    if (text === "" && !always) {
      line = line.slice(0, fieldStart);
      skipping = true;
    }
    line += text;
  }
  return line;
}
