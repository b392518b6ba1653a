/** Chunks of bytes put together to lines of text. */

/** Takes chunks as they come, calls back with each line. */
export interface LineSplitter {
  take(chunk: Uint8Array): void;
  /** The rest that has no newline, when no more chunks follow. */
  finish(): void;
}

const NEWLINE = 10;

/**
 * `emit` gets each line without its newline, as UTF-8 with bad bytes replaced. A line of more than `limit` bytes comes
 * in pieces of whole characters, so that a writer without newlines costs no more memory than that.
 */
export function splitLines(limit: number, emit: (line: string) => void): LineSplitter {
  let parts: Uint8Array[] = [];
  let held = 0;
  const flush = (next = NEWLINE) => {
    const bytes = Buffer.concat(parts, held);
    const end = isInside(next) ? lastCharacter(bytes) : held;
    parts = end < held ? [bytes.subarray(end)] : [];
    held -= end;
    emit(bytes.toString("utf8", 0, end));
  };
  const hold = (part: Uint8Array) => {
    for (let rest = part; rest.length > 0;) {
      if (held === limit) flush(rest[0]);
      // A copy: the chunk belongs to its reader, who may use it again.
      const piece = rest.slice(0, limit - held);
      parts.push(piece);
      held += piece.length;
      rest = rest.subarray(piece.length);
    }
  };
  return {
    take(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        hold(chunk.subarray(start, end));
        flush();
        start = end + 1;
      }
      hold(chunk.subarray(start));
    },
    finish() {
      if (held > 0) flush();
    },
  };
}

/** Whether a byte goes on with a character of UTF-8 that began before it. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Where the last character of `bytes` begins, whose end is missing; their end when that is no UTF-8. */
function lastCharacter(bytes: Uint8Array): number {
  // Of at most four bytes, three are here.
  const from = Math.max(1, bytes.length - 3);
  for (let at = bytes.length - 1; at >= from; at -= 1) {
    if (!isInside(bytes[at] ?? 0)) return (bytes[at] ?? 0) >= 0xc0 ? at : bytes.length;
  }
  return bytes.length;
}
