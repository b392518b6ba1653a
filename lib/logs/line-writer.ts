/**
 * The front end's side of its logs: lines written to the pipe on descriptor 1 or 2, many at a time, without ever waiting for
 * the supervisor that reads it.
 */

import { writeSync } from "node:fs";
import { neverBlock, widenPipe } from "../os/descriptors.ts";
import { codeOf } from "../os/errors.ts";
import { LineBuffer, type LineArea } from "./line-buffer.ts";

// Some thirty thousand lines of an access log: enough for a pause of the disk, little for a process.
const QUEUE_BYTES = 4 * 1024 * 1024;

// Twice what a busy site writes until the supervisor looks.
const PIPE_BYTES = 256 * 1024;

// How soon a reader that was behind is tried again.
const RETRY_MS = 5;

export interface LineWriter {
  /** Adds a line (no newline at its end). When the reader can't keep up for long, lines are left out and counted. */
  write(line: string): void;
  /** Where to put a line, byte by byte, which {@link end} ends before anything else happens; null when it is left out. */
  begin(): LineBuffer | null;
  end(): void;
  /** How many lines were left out so far. */
  lost(): number;
  /** Resolves once all that was written has left this process, or nobody reads it any more. */
  flush(): Promise<void>;
}

/**
 * A writer on an open descriptor, which it makes non-blocking. A line after a pause leaves at the end of the event-loop turn;
 * those that follow within `gatherMs` leave together after that time. `complain` hears how many were left out, when there is
 * room again. In `areas` lines outlive this process, see shared-lines.ts.
 */
export function lineWriter(
  fd: number,
  gatherMs = 0,
  complain: (lost: number) => void = () => undefined,
  areas: readonly LineArea[] = [],
): LineWriter {
  neverBlock(fd);
  widenPipe(fd, PIPE_BYTES);
  let gathered = new LineBuffer(areas[0]);
  let leaving = new LineBuffer(areas[1]);
  let lost = 0;
  let told = 0;
  let sentAtMs = -Infinity;
  let asked = false;
  let sending: Promise<void> | undefined;

  // Bun's own writer takes 2 µs more for each line of an access log, of which a thousand leave at once.
  const putAll = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      try {
        at += writeSync(fd, bytes, at);
      } catch (error) {
        if (codeOf(error) !== "EAGAIN") throw error;
        // Meanwhile new lines stay with us, where they have a limit.
        await Bun.sleep(RETRY_MS);
      }
    }
  };
  const send = async () => {
    while (gathered.length > 0) {
      [gathered, leaving] = [leaving, gathered];
      gathered.startAt(leaving.end);
      try {
        await putAll(leaving.bytes);
        if (lost > told) complain(lost - told);
        told = lost;
      } catch {
        // Nobody reads: the supervisor is gone, and so are we, soon.
        lost += leaving.lines;
      }
      leaving.clear();
    }
    sending = undefined;
  };
  const turn = () => {
    asked = false;
    if (gathered.length === 0) return;
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
  const begin = () => {
    if (gathered.length <= QUEUE_BYTES) return gathered;
    lost += 1;
    return null;
  };
  const end = () => {
    gathered.endLine();
    if (!asked && sending === undefined) ask();
  };

  return {
    write(line) {
      if (begin() === null) return;
      gathered.utf8(line);
      end();
    },
    begin,
    end,
    lost: () => lost,
    async flush() {
      turn();
      await sending;
    },
  };
}
