/** The option table in the form citty wants: names and descriptions for its command tree, not a parser. Pure. */

import type { ArgsDef } from "citty";
import { options } from "./table.ts";

/** `args` for start-server and setup-server. The values citty reads by them are not used: `argv.ts` reads the words. */
export function cittyArgs(): ArgsDef {
  const args: ArgsDef = { script: { type: "positional", description: "The application to serve", required: false } };
  for (const [name, { kind, metavars, help }] of options) {
    args[name] =
      kind === "flag"
        ? { type: "boolean", description: help }
        : { type: "string", description: help, valueHint: metavars.join(" ") };
  }
  return args;
}
