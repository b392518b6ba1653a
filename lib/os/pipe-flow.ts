/** The two ends of pipes to a child, as somebody who waits for nothing uses them: a piece at a time, on demand. */

import { closeSync } from "node:fs";

export interface PipeSource {
  /** Asks for the next piece, which comes as a call; one at a time. An empty one is the end. */
  next(): void;
  /** Nothing more is wanted. */
  close(): void;
}

export interface PipeTarget {
  /** Sends a piece; `taken` tells when there may be another. */
  write(bytes: Uint8Array): void;
  /** The end, behind what was written. */
  close(): void;
}

const NOTHING = new Uint8Array(0);

/**
 * The read end `fd`, which is closed at the end. Nothing is read ahead, so whoever writes waits with us.
 * @param thrown hears what `arrived` throws
 */
export function pipeSource(
  fd: number,
  arrived: (bytes: Uint8Array) => void,
  thrown: (error: unknown) => void,
): PipeSource {
  const reader = Bun.file(fd).stream().getReader();
  let open = true;

  function close(): void {
    if (!open) return;
    open = false;
    // The stream has a copy of the descriptor, and gives that back.
    void reader.cancel().catch(() => undefined);
    closeSync(fd);
  }

  async function read(): Promise<void> {
    let bytes = NOTHING;
    try {
      const result = await reader.read();
      if (!result.done) bytes = result.value;
    } catch {
      // Not even an end: there is nothing more to be had either.
    }
    if (!open) return;
    if (bytes.length === 0) close();
    arrived(bytes);
  }

  return { next: () => void read().catch(thrown), close };
}

/**
 * The write end `fd`. `taken` hears true when a piece has gone, and false once nobody reads any more.
 * @param thrown hears what `taken` throws
 */
export function pipeTarget(fd: number, taken: (read: boolean) => void, thrown: (error: unknown) => void): PipeTarget {
  const writer = Bun.file(fd).writer();
  // The writer has a copy.
  closeSync(fd);
  let open = true;
  let writing = false;
  let ending = false;

  async function end(): Promise<void> {
    open = false;
    try {
      await writer.end();
    } catch {
      // Nobody reads, which is an end, too.
    }
  }

  async function send(bytes: Uint8Array): Promise<void> {
    writing = true;
    let read = true;
    try {
      const written = writer.write(bytes);
      // Both are promises while the pipe is full.
      await Promise.all([written, writer.flush()]);
    } catch {
      read = false;
    }
    writing = false;
    if (ending || !read) {
      if (open) void end();
      if (ending) return;
    }
    taken(read);
  }

  return {
    write(bytes) {
      if (open && !ending) void send(bytes).catch(thrown);
    },
    close() {
      ending = true;
      if (open && !writing) void end();
    },
  };
}
