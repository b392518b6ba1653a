/** How long a line of the error log may get. Pure. */

// What Apache's buffer for one line holds (MAX_STRING_LEN).
export const LINE_BYTES = 8192;

// What fits into a line behind the usual fields, and leaves room for a format with some more.
export const TEXT_BYTES = 6144;

// The escape of a byte takes four (\x01), and a character that is escaped has up to three; see escape.ts.
const BYTE_ESCAPE = 4;
const WIDEST = 3 * BYTE_ESCAPE;

/** `text` in pieces that fit into a line each, as a line is no longer than it is, but nothing may be lost. */
export function linesOf(text: string): readonly string[] {
  // Nearly every text is short, and needn't be measured.
  if (text.length * WIDEST <= TEXT_BYTES) return [text];
  const pieces: string[] = [];
  let start = 0;
  let at = 0;
  let bytes = 0;
  for (const character of text) {
    const width = widthOf(character.codePointAt(0) ?? 0);
    if (bytes + width > TEXT_BYTES) {
      pieces.push(text.slice(start, at));
      start = at;
      bytes = 0;
    }
    bytes += width;
    at += character.length;
  }
  pieces.push(text.slice(start));
  return pieces;
}

const BACKSLASH = 0x5c;

/** How many bytes a character takes in a line, escaped if it must be. */
function widthOf(code: number): number {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return BYTE_ESCAPE;
  if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return WIDEST;
  if (code < 0x7f) return code === BACKSLASH ? 2 : 1;
  return code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
}

/** At most 8 KB with its newline, and no character cut in two. */
export function cutLine(line: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8: short lines needn't be measured.
  if (line.length * 3 < LINE_BYTES) return line;
  const bytes = Buffer.from(line, "utf8");
  if (bytes.length < LINE_BYTES) return line;
  let end = LINE_BYTES - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
