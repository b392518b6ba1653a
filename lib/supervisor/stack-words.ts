/** Stacks as Python's C code writes them when no Python code can run, in the words mod_wsgi has for them. Pure. */

const THREAD = /^(?:Current thread|Thread) (0x[0-9a-f]+)\b.*most recent call first/;
const FRAME = /^ {2}File (".*"), line (\S+) in (.*)$/;

/** Takes line after line of a process's standard error; what isn't part of a stack stays as it is, null is to be left out. */
export function createStackWords(): (line: string) => string | null {
  /** The thread whose innermost frame comes next; null once that is said. */
  let thread: string | null = null;
  let inside = false;
  return (line) => {
    const head = THREAD.exec(line);
    if (head !== null) {
      thread = head[1] ?? "";
      inside = true;
      return null;
    }
    const frame = inside ? FRAME.exec(line) : null;
    if (frame === null) {
      const blank = inside && line === "";
      inside = false;
      return blank ? null : line;
    }
    const where = `file ${frame[1]}, line ${frame[2]}, in ${frame[3]}`;
    const text = thread === null ? `called from ${where}` : `Thread ${thread} executing ${where}`;
    thread = null;
    return text;
  };
}
