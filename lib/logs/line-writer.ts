/**
 * The front end's side of its logs: lines written to the pipe on descriptor 1 or 2, once an event-loop turn, without
 * ever waiting for the supervisor that reads it.
 */

// Some thirty thousand lines of an access log: enough for a pause of the disk, little for a process.
const QUEUE_BYTES = 4 * 1024 * 1024;

export interface LineWriter {
  /** Adds a line (no newline at its end). When the reader can't keep up for long, lines are left out and counted. */
  write(line: string): void;
  /** How many lines were left out so far. */
  lost(): number;
  /** Resolves once all that was written has left this process, or nobody reads it any more. */
  flush(): Promise<void>;
}

/** A writer on an open descriptor, which it makes non-blocking. */
export function lineWriter(fd: number): LineWriter {
  const pipe = Bun.file(fd).writer();
  let lines: string[] = [];
  let queued = 0;
  let lost = 0;
  let sending: Promise<void> | undefined;

  const send = async () => {
    while (lines.length > 0) {
      const batch = `${lines.join("\n")}\n`;
      const count = lines.length;
      lines = [];
      queued = 0;
      try {
        // Both are promises while the pipe is full: until they settle, new lines stay in our queue, which has a limit.
        await pipe.write(batch);
        await pipe.flush();
      } catch {
        // Nobody reads: the supervisor is gone, and so are we, soon.
        lost += count;
      }
    }
    sending = undefined;
  };
  const turn = () => {
    // Never at once: the assignment must come before the end of `send`.
    if (lines.length > 0) sending ??= Promise.resolve().then(send);
  };

  return {
    write(line) {
      if (queued > QUEUE_BYTES) {
        lost += 1;
        return;
      }
      if (lines.length === 0 && sending === undefined) setImmediate(turn);
      lines.push(line);
      queued += line.length + 1;
    },
    lost: () => lost,
    async flush() {
      turn();
      await sending;
    },
  };
}
