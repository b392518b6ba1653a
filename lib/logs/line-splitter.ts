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
 * in pieces, so that a writer without newlines costs no more memory than that.
 */
export function splitLines(limit: number, emit: (line: string) => void): LineSplitter {
  let parts: Uint8Array[] = [];
  let held = 0;
  const flush = () => {
    const line = Buffer.concat(parts, held).toString("utf8");
    parts = [];
    held = 0;
    emit(line);
  };
  const hold = (part: Uint8Array) => {
    for (let rest = part; rest.length > 0;) {
      if (held === limit) flush();
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
