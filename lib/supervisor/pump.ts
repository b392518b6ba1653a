/** Reading the pipes children write to, at the pace of whoever takes the bytes. */

import { closeSync } from "node:fs";
import { RECORD_MARK } from "../control/frontend.ts";
import { splitLines } from "../logs/line-splitter.ts";
import type { Sink } from "../logs/sink.ts";

/** Takes a chunk; the promise, when there is one, resolves when the next may come. */
export type Take = (chunk: Uint8Array) => Promise<void> | undefined;

export interface Pump {
  /** Resolves at the end of the pipe: every process that could write to it has closed it. */
  readonly ended: Promise<void>;
  /** Nothing is read for now: whoever takes the bytes is busy. */
  readonly waiting: boolean;
}

/** Reads `fd` to its end, then closes it and calls `finish`. */
export function pump(fd: number, take: Take, finish: () => void): Pump {
  let waiting = false;
  const run = async () => {
    try {
      for await (const chunk of Bun.file(fd).stream()) {
        const busy = take(chunk);
        waiting = busy !== undefined;
        await busy;
        waiting = false;
      }
    } finally {
      // Bun reads a descriptor given by number, and leaves the closing to its owner.
      closeSync(fd);
      finish();
    }
  };
  return {
    ended: run(),
    get waiting() {
      return waiting;
    },
  };
}

// Longer "lines" are no lines of ours; they pass in pieces rather than fill the memory.
const LONGEST_LINE_BYTES = 64 * 1024;
const NEWLINE = 10;

/** What did not come by a pipe, of which `received` bytes had come at its end. */
export type Rest = (received: number) => Uint8Array;

/**
 * Appends a child's finished log lines to `sink`, never a part of one, so that several children may share it. At the end
 * of the pipe it adds the `rest`.
 */
export function pumpLines(fd: number, sink: Sink, rest: Rest): Pump {
  let tail: Uint8Array = new Uint8Array(0);
  let received = 0;
  const take: Take = (chunk) => {
    received += chunk.length;
    const bytes = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    const end = tail.length > LONGEST_LINE_BYTES ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
    // Copies: a chunk belongs to its reader once this returns.
    tail = bytes.slice(end);
    return end === 0 ? undefined : sink.write(bytes.slice(0, end));
  };
  return pump(fd, take, () => {
    const last = Buffer.concat([tail, rest(received)]);
    if (last.length === 0) return;
    void sink.write(last.at(-1) === NEWLINE ? last : Buffer.concat([last, Buffer.from("\n")]));
  });
}

/** Appends a front end's records to `sink`; lines that are none, the last words of its runtime, go to `stray`. */
export function pumpRecords(fd: number, sink: Sink, stray: (line: string) => Promise<void> | undefined): Pump {
  let busy: Promise<void> | undefined;
  const lines = splitLines(LONGEST_LINE_BYTES, (line) => {
    const taken = line.startsWith(RECORD_MARK) ? sink.write(`${line.slice(RECORD_MARK.length)}\n`) : stray(line);
    busy = taken ?? busy;
  });
  const take: Take = (chunk) => {
    busy = undefined;
    lines.take(chunk);
    return busy;
  };
  return pump(fd, take, () => lines.finish());
}
