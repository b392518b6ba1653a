/** The supervisor's end of a worker's control socket: JSON lines both ways. */

import type { FromWorkerMessage, ToWorkerMessage } from "../control/worker.ts";
import { splitLines } from "../logs/line-splitter.ts";
import { parseWorkerMessage } from "./worker-message.ts";

// A worker that doesn't read must not fill the supervisor's memory; a configuration is some ten kilobytes.
const UNSENT_BYTES = 4 * 1024 * 1024;
const LONGEST_LINE_BYTES = 1024 * 1024;

export interface ControlChannel {
  send(message: ToWorkerMessage): void;
  /** Nothing is read for now, because whoever takes the messages is busy. */
  readonly paused: boolean;
  /** Resolves when the worker's end is closed. */
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * Speaks over the connected socket `fd`, which it owns. `take` gets each message; while a promise it returned is
 * unsettled nothing more is read. `garbage` gets lines that are no message.
 */
export async function openControl(
  fd: number,
  take: (message: FromWorkerMessage) => Promise<void> | undefined,
  garbage: (line: string) => void,
): Promise<ControlChannel> {
  const closed = Promise.withResolvers<void>();
  let unsent: Buffer = Buffer.alloc(0);
  let waiting: Promise<void>[] = [];
  let paused = false;

  const lines = splitLines(LONGEST_LINE_BYTES, (line) => {
    const message = parseWorkerMessage(line);
    if (message === undefined) return garbage(line);
    const busy = take(message);
    if (busy !== undefined) waiting.push(busy);
  });
  const flush = (to: Bun.Socket) => {
    // Sockets of Bun take what fits and leave the rest to the caller.
    if (unsent.length > 0) unsent = unsent.subarray(Math.max(0, to.write(unsent)));
  };

  const options: Bun.FdSocketOptions = {
    fd,
    socket: {
      data(from, chunk) {
        lines.take(chunk);
        if (waiting.length === 0) return;
        from.pause();
        paused = true;
        void Promise.all(waiting).then(() => {
          paused = false;
          from.resume();
        });
        waiting = [];
      },
      drain: flush,
      close: () => closed.resolve(),
      error: () => closed.resolve(),
    },
  };
  // Bun.connect takes a descriptor, which its types know only as an argument of nothing.
  const socket = await Bun.connect(options as unknown as Bun.UnixSocketOptions);

  return {
    send(message) {
      const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
      if (unsent.length + bytes.length > UNSENT_BYTES) return;
      unsent = Buffer.concat([unsent, bytes]);
      flush(socket);
    },
    get paused() {
      return paused;
    },
    closed: closed.promise,
    close: () => socket.end(),
  };
}
