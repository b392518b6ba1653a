/** How long a line of the error log may get. Pure. */

// What Apache's buffer for one line holds (MAX_STRING_LEN).
export const LINE_BYTES = 8192;

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
