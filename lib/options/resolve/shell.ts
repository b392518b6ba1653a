/** Which shell runs the control script, and reads the script that sets the environment. Pure. */

import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { findProgram } from "./programs.ts";

/** Every system has it. */
const PLAIN = "/bin/sh";

/** `wanted` is a path, or a name to look for on the PATH; the result is absolute. */
export function shellOf(wanted: string | undefined, facts: Facts): string | Problem {
  // In this order, as the original looks for one.
  if (wanted === undefined) return findProgram("bash", facts) ?? findProgram("sh", facts) ?? PLAIN;
  return (
    findProgram(wanted, facts) ?? {
      exit: 1,
      what: `there is no shell ${wanted} that can be run`,
      from: [["--shell-executable", wanted]],
      advice: "Name a shell that knows the language of sh, such as /bin/sh.",
    }
  );
}
