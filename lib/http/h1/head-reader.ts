/**
 * Finds the end of a request head in what arrives, in whatever pieces, and refuses early what can't become one.
 * Pure: bytes in, text out. One character of the text is one byte.
 */

import { parseRequestLine } from "./request-line.ts";
import { isRefusal, LONG_LINE, MAX_HEAD_BYTES, MAX_LINE_BYTES, type Refusal } from "../syntax.ts";

/** A complete head: lines up to, not including, the empty one. `consumed` counts bytes of the last piece. */
export interface HeadText {
  readonly text: string;
  readonly start: number;
  /** Offset of the CRLF that ends the last line of the head. */
  readonly end: number;
  readonly consumed: number;
}

/** RFC 9112 §2.2: some clients send an extra CRLF after a body. More than a few of them is a probe. */
const MAX_LEADING_LINES = 4;

const USUAL_HEAD_BYTES = 4096;

export class HeadReader {
  /** Lines that are complete, and the one that isn't: only that is looked at again when more comes. */
  #lines = "";
  #rest = "";
  /** Empty lines that came before the head. */
  #emptyLines = 0;

  /** True while part of a head has arrived. A connection that got nothing but empty lines is as idle as before. */
  get started(): boolean {
    return this.#rest !== "" || this.#lines !== "";
  }

  /** What has arrived of the unfinished head, for the log. */
  get partial(): string {
    return this.#lines + this.#rest;
  }

  /** Adds `data`; null when the head is not complete yet. */
  feed(data: Buffer): HeadText | Refusal | null {
    if (data.length <= USUAL_HEAD_BYTES) return this.#add(data);
    // What is behind a head (a body, pipelined requests) is none of ours, and may be much.
    const found = this.#add(data.subarray(0, USUAL_HEAD_BYTES));
    if (found !== null) return found;
    const longer = this.#add(data.subarray(USUAL_HEAD_BYTES, USUAL_HEAD_BYTES + MAX_HEAD_BYTES));
    if (longer === null || isRefusal(longer)) return longer;
    return { ...longer, consumed: longer.consumed + USUAL_HEAD_BYTES };
  }

  #add(data: Buffer): HeadText | Refusal | null {
    const lines = this.#lines;
    const before = this.#rest.length;
    const piece = data.latin1Slice(0, data.length);
    const text = before === 0 ? piece : this.#rest + piece;
    const start = lines === "" ? leadingLines(text) : 0;
    this.#emptyLines += start / 2;
    if (this.#emptyLines > MAX_LEADING_LINES) return EMPTY_LINES;
    // -2: the empty line is all that was missing.
    const end = lines !== "" && text.startsWith("\r\n") ? -2 : text.indexOf("\r\n\r\n", start);
    const size = lines.length + (end === -1 ? text.length : end + 4) - start;
    if (size > MAX_HEAD_BYTES) return TOO_LARGE;
    if (end !== -1) {
      this.#lines = "";
      this.#rest = "";
      this.#emptyLines = 0;
      return { text: lines + text, start, end: lines.length + end, consumed: end + 4 - before };
    }
    const lineStart = Math.max(text.lastIndexOf("\n") + 1, start);
    this.#lines = lines + text.slice(start, lineStart);
    this.#rest = text.slice(lineStart);
    return (lines === "" ? refuseFirstLine(text, start) : null) ?? refuseLines(text, start, lineStart);
  }
}

/** Offset of the first line that is not empty. */
function leadingLines(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10) at += 2;
  return at;
}

const EMPTY_LINES: Refusal = { status: 400, why: "there are empty lines where a request should begin" };
const TOO_LARGE: Refusal = { status: 431, why: "the request head is larger than 256 KiB" };

// What no continuation can make valid is answered at once, not at the header timeout.

/** @param start where the request line begins. */
function refuseFirstLine(text: string, start: number): Refusal | null {
  const first = text.charCodeAt(start);
  // A TLS ClientHello begins with 0x16; no token begins with a control character or a byte above ASCII.
  if ((first < 33 && first !== 13) || first > 126) return { status: 400, why: "this is not HTTP" };
  // Somebody who speaks HTTP/0.9 sends no more than this line and waits.
  const end = text.indexOf("\r\n", start);
  const line = end < 0 ? null : parseRequestLine(text, start, end);
  if (line !== null) return isRefusal(line) ? line : null;
  return text.length - start > MAX_LINE_BYTES + 1 ? LONG_LINE : null;
}

/** @param lineStart where the line begins that is not complete. */
function refuseLines(text: string, start: number, lineStart: number): Refusal | null {
  for (let at = text.indexOf("\n", start); at >= 0; at = text.indexOf("\n", at + 1)) {
    // RFC 9112 §2.2 lets a bare LF be refused; servers that take it and servers that don't disagree about the message.
    if (text.charCodeAt(at - 1) !== 13) return { status: 400, why: "a line ends without CR" };
  }
  return text.length - lineStart > MAX_LINE_BYTES + 1
    ? { status: 400, why: "a header field is longer than 8190 bytes" }
    : null;
}
