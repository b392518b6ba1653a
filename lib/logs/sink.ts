/** The supervisor's side: whole chunks of lines appended to a file or terminal, in order, with bounded memory. */

import { closeSync, openSync, write } from "node:fs";
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

/** Appends bytes to a descriptor: how many, or the error. The border at which a test may be the disk. */
export type Append = (fd: number, bytes: Uint8Array) => Promise<number>;

const append: Append = (fd, bytes) =>
  new Promise((resolve, reject) => {
    write(fd, bytes, (error, count) => (error === null ? resolve(count) : reject(error)));
  });

/** A sink on a file of its own. */
export interface FileSink extends Sink {
  /** Goes on in a new file when the old one was moved away; stays with the old one when there can be no new one. */
  reopen(): void;
}

/** Opens a log file for appending, made with mode 0640. Throws what the file system says. */
export function openFileSink(path: string, complain: (problem: string) => void): FileSink {
  let fd = openSync(path, "a", 0o640);
  let sink = makeSink(fd, path, complain);
  /** Files that are no longer written to, but for what is still on its way. */
  let former: Promise<void> = Promise.resolve();
  return {
    write: (chunk) => sink.write(chunk),
    reopen() {
      try {
        const next = openSync(path, "a", 0o640);
        former = Promise.all([former, finish(sink, fd)]).then(() => undefined);
        fd = next;
        sink = makeSink(fd, path, complain);
      } catch (error) {
        complain(`${path} cannot be opened again (${codeOf(error)}): lines go to the file that was opened before`);
      }
    },
    async close() {
      await Promise.all([former, finish(sink, fd)]);
    },
  };
}

async function finish(sink: Sink, fd: number): Promise<void> {
  await sink.close();
  closeSync(fd);
}

/** A sink for nobody: takes all and keeps nothing. */
export const noSink: Sink = { write: () => undefined, close: () => Promise.resolve() };

/**
 * A sink on an open descriptor, which stays open. When it can't be written, `complain` hears of it once, chunks are
 * lost (a full disk must not stop a site), and `complain` hears again when it works.
 */
export function makeSink(fd: number, name: string, complain: (problem: string) => void, to: Append = append): Sink {
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
        rest = rest.subarray(await to(fd, rest));
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
    if (lostBytes > 0) complain(`${name} can be written again; ${lostBytes} bytes of log lines were lost`);
    lostBytes = 0;
  };
  const run = async () => {
    while (queue.length > 0) {
      const batch = Buffer.concat(queue);
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
