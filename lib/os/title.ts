/** What `ps` shows of this process. */

import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";

// In proc(5), counted from the state, which is field 3 and the first behind the name in parentheses.
const ARG_START = 48 - 3;
const ARG_END = 49 - 3;

/**
 * Shows `words` in place of the command line, as far as they fit: the kernel reads it from the memory where it put it,
 * and only privileged processes may name another place. The runtime must have read its arguments by then.
 */
export function setTitle(words: readonly string[]): void {
  try {
    writeFileSync("/proc/self/comm", words.join(" "));
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const start = Number(fields[ARG_START]);
    const room = Number(fields[ARG_END]) - start;
    if (!(room > 0)) return;
    const bytes = Buffer.alloc(room);
    // The last byte stays zero: without it the kernel takes what follows for more of the title.
    bytes.write(words.join("\0"), 0, room - 1);
    const memory = openSync("/proc/self/mem", "r+");
    try {
      writeSync(memory, bytes, 0, room, start);
    } finally {
      closeSync(memory);
    }
  } catch {
    // A /proc that can't be written to: it goes on under the name it has.
  }
}
