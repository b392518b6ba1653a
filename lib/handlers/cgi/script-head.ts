/** The head of a script's response (RFC 3875 §6.3), in whatever pieces it arrives. Pure: bytes in, values out. */

import type { Field } from "../../http/exchange.ts";
import { parseFieldLine } from "../../http/field-line.ts";
import { reasonPhrase } from "../../http/status.ts";

export interface ScriptHead {
  /** null when the script left it to us, or said 200, which is no more than that (§6.3.3). */
  readonly status: number | null;
  readonly reason: string;
  /** "" when there is none. */
  readonly location: string;
  /** All but Status, in the order and spelling of the script. */
  readonly fields: readonly Field[];
}

/** Lines without their ends, and what of the piece they came with is behind them. */
export interface HeadLines {
  readonly lines: readonly string[];
  readonly behind: Buffer;
}

/** Why this is no head, in the words of the log. */
export interface BadHead {
  readonly why: string;
}

/** Larger ones are no accident, and what is no head at all needn't be kept. */
const MAX_HEAD_BYTES = 64 * 1024;

/** Apache shows so much of what it can't make sense of. */
const SHOWN_CHARACTERS = 30;

/** Collects the lines of a head up to the empty one. Lines end with LF or CRLF: shells know no better (§6.2.2). */
export class HeadLineReader {
  /** Something has arrived. */
  started = false;
  #lines: string[] = [];
  #size = 0;
  #partial = "";

  /** @returns null as long as the head is not complete. */
  feed(data: Buffer): HeadLines | null | "too large" {
    this.started ||= data.length > 0;
    let at = 0;
    for (;;) {
      const newline = data.indexOf(NEWLINE, at);
      const end = newline < 0 ? data.length : newline;
      this.#size += end - at + 1;
      if (this.#size > MAX_HEAD_BYTES) return "too large";
      this.#partial += data.latin1Slice(at, end);
      if (newline < 0) return null;
      const line = this.#partial.endsWith("\r") ? this.#partial.slice(0, -1) : this.#partial;
      this.#partial = "";
      at = newline + 1;
      if (line !== "") {
        this.#lines.push(line);
        continue;
      }
      const lines = this.#lines;
      this.#lines = [];
      this.#size = 0;
      return { lines, behind: data.subarray(at) };
    }
  }

  /** The first line that is complete, before all are; undefined when there is none. */
  get firstLine(): string | undefined {
    return this.#lines[0];
  }
}

const NEWLINE = 10;

/** @param name of the script, for the log. */
export function parseScriptHead(lines: readonly string[], name: string): ScriptHead | BadHead {
  const fields: Field[] = [];
  let status: number | null = null;
  let reason = "";
  let location = "";
  for (const line of lines) {
    const field = parseFieldLine(line);
    if (typeof field === "string") {
      return { why: `malformed header from script '${name}': Bad header: ${line.slice(0, SHOWN_CHARACTERS)}` };
    }
    const [fieldName, value] = field;
    switch (fieldName.toLowerCase()) {
      case "status": {
        const [, digits = "0", phrase = ""] = /^(\d{3})(?:[ \t]+(.*))?$/.exec(value) ?? [];
        status = Number(digits);
        // An interim response (1xx) is none that a client could be left with.
        if (status < 200 || status > 599) {
          return { why: `Invalid status line from script '${name}': ${value.slice(0, SHOWN_CHARACTERS)}` };
        }
        reason = phrase === "" ? reasonPhrase(status) : phrase;
        break;
      }
      case "content-length":
        // What can't be right is left out, as by Apache: without it the end is told in another way.
        if (/^\d{1,15}$/.test(value)) fields.push(field);
        break;
      case "location":
        location = value;
        fields.push(field);
        break;
      default:
        fields.push(field);
    }
  }
  return { status: status === 200 && location !== "" ? null : status, reason, location, fields };
}
