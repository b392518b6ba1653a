/** The supervisor's side: whole chunks of lines appended to a file, terminal or program, in order, with bounded memory. */

import { write } from "node:fs";
import { codeOf } from "../os/errors.ts";

// What may wait for the disk. A full queue stops the reading of the pipes it is fed from.
const QUEUE_BYTES = 1024 * 1024;

// Who holds a terminal with Ctrl-S, or a non-blocking pipe that is full, is asked again after this.
const RETRY_MS = 20;

export interface Sink {
  /** Takes text that ends with a newline. The promise, when there is one, resolves once there is room for more. */
  write(chunk: Uint8Array | string): Promise<void> | undefined;
  /** Resolves when all is written, or given up. */
  close(): Promise<void>;
}

/** A sink that can begin anew, when the server starts again or somebody has moved its file away. */
export interface LogSink extends Sink {
  /** Goes on in a new file; stays with the old one when there can be no new one. */
  reopen(): void;
}

/** Appends bytes: how many were taken, or the error. The border at which a test may be the disk. */
export type Append = (bytes: Uint8Array) => Promise<number>;

/** Appends to an open descriptor. */
export function toDescriptor(fd: number): Append {
  return (bytes) =>
    new Promise((resolve, reject) => {
      write(fd, bytes, (error, count) => (error === null ? resolve(count) : reject(error)));
    });
}

/** A sink for nobody: takes all and keeps nothing. */
export const noSink: Sink = { write: () => undefined, close: () => Promise.resolve() };

/**
 * A sink on `append`. When that fails, `complain` hears of it once, chunks are lost (a full disk must not stop a site), and
 * `complain` hears again when it works.
 */
export function makeSink(append: Append, name: string, complain: (problem: string) => void): Sink {
  let queue: Uint8Array[] = [];
  let queued = 0;
  let lostBytes = 0;
  let torn = false;
  let running: Promise<void> | undefined;
  let room: PromiseWithResolvers<void> | undefined;

  const put = async (bytes: Uint8Array) => {
    let rest = torn ? Buffer.concat([Buffer.from("\n"), bytes]) : bytes;
    while (rest.length > 0) {
      try {
        rest = rest.subarray(await append(rest));
      } catch (error) {
        const code = codeOf(error);
        if (code === "EAGAIN") {
          await Bun.sleep(RETRY_MS);
          continue;
        }
        if (lostBytes === 0) complain(`${name} cannot be written (${code}): log lines are lost until it can`);
        lostBytes += rest.length;
        // Half a line may be out: the next chunk begins on a new one.
        torn ||= rest.length < bytes.length;
        return;
      }
    }
    torn = false;
    const lost = lostBytes;
    lostBytes = 0;
    if (lost > 0) complain(`${name} can be written again; ${lost} bytes of log lines were lost`);
  };
  const run = async () => {
    while (queue.length > 0) {
      const [first] = queue;
      const batch = queue.length === 1 && first !== undefined ? first : Buffer.concat(queue);
      queue = [];
      await put(batch);
      queued -= batch.length;
      if (queued <= QUEUE_BYTES) {
        room?.resolve();
        room = undefined;
      }
    }
    running = undefined;
  };

  return {
    write(chunk) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk;
      queue.push(bytes);
      queued += bytes.length;
      running ??= run();
      if (queued <= QUEUE_BYTES) return undefined;
      room ??= Promise.withResolvers<void>();
      return room.promise;
    },
    async close() {
      await running;
    },
  };
}
