/**
 * Finds the end of a request head in what arrives, in whatever pieces, and refuses early what can't become one.
 * Pure: bytes in, text out. One character of the text is one byte.
 */

import { isRefusal, MAX_HEAD_BYTES, MAX_LINE_BYTES, type Refusal } from "./syntax.ts";

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
  #text = "";
  /** Empty lines before the head that are not in the text any more. */
  #emptyLines = 0;

  /** True while part of a head has arrived. */
  get started(): boolean {
    return this.#text !== "";
  }

  /** What has arrived of the unfinished head, for the log. */
  get partial(): string {
    return this.#text;
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
    const before = this.#text.length;
    const piece = data.latin1Slice(0, data.length);
    // Only what is new can hold the end, but for the three bytes before it.
    const seam = before > 3 ? before - 3 : 0;
    const text = before === 0 ? piece : this.#text + piece;
    const start = leadingLines(text);
    if (this.#emptyLines + start / 2 > MAX_LEADING_LINES) {
      return { status: 400, why: "there are empty lines where a request should begin" };
    }
    const end = text.indexOf("\r\n\r\n", Math.max(seam, start));
    if (end >= 0) {
      if (end + 4 - start > MAX_HEAD_BYTES) return TOO_LARGE;
      this.#text = "";
      this.#emptyLines = 0;
      return { text, start, end, consumed: end + 4 - before };
    }
    const refusal = refuseEarly(text, start, seam);
    // A connection that has nothing but empty lines has nothing: it is as idle as before.
    this.#emptyLines += start / 2;
    this.#text = start === 0 ? text : text.slice(start);
    return refusal;
  }
}

/** Offset of the first line that is not empty. */
function leadingLines(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10) at += 2;
  return at;
}

const TOO_LARGE: Refusal = { status: 431, why: "the request head is larger than 256 KiB" };

/** What no continuation can make valid is answered at once, not at the header timeout. */
function refuseEarly(text: string, start: number, seam: number): Refusal | null {
  if (text.length - start > MAX_HEAD_BYTES) return TOO_LARGE;
  const first = text.charCodeAt(start);
  // A TLS ClientHello begins with 0x16; no token begins with a control character or a byte above ASCII.
  if (first < 33 && first !== 13) return { status: 400, why: "this is not HTTP" };
  if (first > 126) return { status: 400, why: "this is not HTTP" };
  for (let at = text.indexOf("\n", seam); at >= 0; at = text.indexOf("\n", at + 1)) {
    // RFC 9112 §2.2 lets a bare LF be refused; servers that take it and servers that don't disagree about the message.
    if (text.charCodeAt(at - 1) !== 13) return { status: 400, why: "a line ends without CR" };
  }
  const lineStart = text.lastIndexOf("\n") + 1;
  if (text.length - lineStart <= MAX_LINE_BYTES + 1) return null;
  return lineStart <= start
    ? { status: 414, why: "the request line is longer than 8190 bytes" }
    : { status: 400, why: "a header field is longer than 8190 bytes" };
}
