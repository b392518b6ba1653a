/** How a child ended, in the words of the log. Pure. */

import { describeSignal } from "../os/signals.ts";

export interface Death {
  /** Exit status; null when a signal ended it. */
  readonly code: number | null;
  /** Such as "SIGKILL"; null when it exited by itself. */
  readonly signal: string | null;
  /** The end of what it wrote to stderr. */
  readonly lastWords: readonly string[];
}

const NO_LIBRARY = "No module named 'encodings'";

/** `killed by signal 9 (SIGKILL)` or `exit code 3`, and the last lines of stderr. */
export function describeDeath({ code, signal, lastWords }: Death): string {
  const how = signal === null ? `exit code ${code ?? "unknown"}` : `killed by ${describeSignal(signal)}`;
  return lastWords.length === 0 ? how : `${how}; last on stderr: ${lastWords.join(" | ")}`;
}

/** The same as mod_wsgi says it. */
export function describeEnd({ code, signal }: Death): string {
  return signal === null
    ? `terminated normally, exit code ${code ?? "unknown"}`
    : `terminated by ${describeSignal(signal)}`;
}

/** What an operator may look at; "" where the words above say all. */
export function hint({ signal, lastWords }: Death): string {
  // The kernel's way to end a process that needs too much memory, and nothing else says so.
  if (signal === "SIGKILL") return " (unless someone killed it: out of memory? dmesg tells)";
  // Python itself could not start: its own words are about a package that nobody has heard of.
  if (lastWords.some((line) => line.includes(NO_LIBRARY))) {
    return " (Python does not find its own library: is PYTHONHOME set, or its environment broken?)";
  }
  return "";
}
