/** A log in a file of a fixed name, which somebody else may rotate by moving it away. */

import { closeSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import { openLogFile } from "./open-log.ts";
import { makeSink, toDescriptor, type LogSink, type Sink } from "./sink.ts";

/** Opens a log file for appending. Throws what the file system says. */
export function openFileSink(path: string, complain: (problem: string) => void): LogSink {
  let fd = openLogFile(path);
  let sink = makeSink(toDescriptor(fd), path, complain);
  /** Files that are no longer written to, but for what is still on its way. */
  let former: Promise<void> = Promise.resolve();
  return {
    write: (chunk) => sink.write(chunk),
    reopen() {
      try {
        const next = openLogFile(path);
        former = Promise.all([former, finish(sink, fd)]).then(() => undefined);
        fd = next;
        sink = makeSink(toDescriptor(fd), path, complain);
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
