/**
 * The front end's side of its logs: lines written to the pipe on descriptor 1 or 2, many at a time, without ever waiting for
 * the supervisor that reads it.
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

/**
 * A writer on an open descriptor, which it makes non-blocking. A line after a pause leaves at the end of the event-loop turn;
 * those that follow within `gatherMs` leave together after that time. `complain` hears how many were left out, when there is
 * room again.
 */
export function lineWriter(fd: number, gatherMs = 0, complain: (lost: number) => void = () => undefined): LineWriter {
  const pipe = Bun.file(fd).writer();
  let lines: string[] = [];
  let queued = 0;
  let lost = 0;
  let told = 0;
  let sentAtMs = -Infinity;
  let asked = false;
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
        if (lost > told) complain(lost - told);
        told = lost;
      } catch {
        // Nobody reads: the supervisor is gone, and so are we, soon.
        lost += count;
      }
    }
    sending = undefined;
  };
  const turn = () => {
    asked = false;
    if (lines.length === 0) return;
    if (gatherMs > 0) sentAtMs = performance.now();
    // Never at once: the assignment must come before the end of `send`.
    sending ??= Promise.resolve().then(send);
  };
  const ask = () => {
    asked = true;
    const restMs = gatherMs === 0 ? 0 : sentAtMs + gatherMs - performance.now();
    if (restMs > 0) setTimeout(turn, restMs);
    else setImmediate(turn);
  };

  return {
    write(line) {
      if (queued > QUEUE_BYTES) {
        lost += 1;
        return;
      }
      if (!asked && sending === undefined) ask();
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
