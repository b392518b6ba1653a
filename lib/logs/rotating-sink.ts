/**
 * A log in files of limited size with the time of their begin in the name, as rotatelogs makes them: a new one when the
 * next line doesn't fit, and at a restart. No line is ever divided between two of them, and old ones stay.
 */

import { closeSync, fstatSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import { openLogFile } from "./open-log.ts";
import { makeSink, toDescriptor, type Append, type LogSink } from "./sink.ts";
import { fileStamp } from "./times.ts";

const NEWLINE = 10;

/** Opens the first file, `PATH.2026-11-23-06_59_45`. Throws what the file system says. `nowMs` is the clock of its name. */
export function openRotatingSink(
  path: string,
  maxBytes: number,
  complain: (problem: string) => void,
  nowMs: () => number = Date.now,
): LogSink {
  const nameNow = () => `${path}.${fileStamp(nowMs())}`;
  const file = open(nameNow());
  let asked = false;
  let midLine = false;
  let complained = false;

  /** Goes on in the file of this moment. Within a second that is the same one, which then gets larger, as with rotatelogs. */
  const turn = (): boolean => {
    const name = nameNow();
    if (name === file.name) return false;
    try {
      const former = file.fd;
      Object.assign(file, open(name));
      closeSync(former);
      complained = false;
      return true;
    } catch (error) {
      if (!complained) complain(`${name} cannot be opened (${codeOf(error)}): lines go on to ${file.name}`);
      complained = true;
      return false;
    }
  };
  /** How many bytes the file has room for, in whole lines. */
  const fitting = (bytes: Uint8Array): number => {
    const room = maxBytes - file.size;
    if (bytes.length <= room) return bytes.length;
    return room > 0 ? bytes.lastIndexOf(NEWLINE, room - 1) + 1 : 0;
  };

  const append: Append = async (bytes) => {
    let end = firstLine(bytes);
    if (!midLine) {
      if (asked) turn();
      asked = false;
      end = fitting(bytes);
      if (end === 0) end = turn() ? fitting(bytes) || firstLine(bytes) : bytes.length;
    }
    const taken = await toDescriptor(file.fd)(bytes.subarray(0, end));
    file.size += taken;
    if (taken > 0) midLine = bytes[taken - 1] !== NEWLINE;
    return taken;
  };

  const sink = makeSink(append, path, complain);
  return {
    write: (chunk) => sink.write(chunk),
    reopen() {
      // By the next line: what is on its way now may end in the middle of one.
      asked = true;
    },
    async close() {
      await sink.close();
      closeSync(file.fd);
    },
  };
}

function firstLine(bytes: Uint8Array): number {
  return bytes.indexOf(NEWLINE) + 1 || bytes.length;
}

function open(name: string): { name: string; fd: number; size: number } {
  const fd = openLogFile(name);
  return { name, fd, size: fstatSync(fd).size };
}
