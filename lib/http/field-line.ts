/** One line of a header, as other programs write them: an upstream, a script. Pure. */

import type { Field } from "./exchange.ts";
import { CONTROL, TOKEN } from "./syntax.ts";

/** @returns what is wrong with `line`, which has no line end any more, when it is no field. */
export function parseFieldLine(line: string): Field | string {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  // Also a folded line, and one with a space before the colon: parsers differ in what they make of them.
  if (!TOKEN.test(name)) return "it has a malformed field name";
  const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  return CONTROL.test(value) ? `its field ${name} has control characters` : [name, value];
}
