/** Where the server keeps its files. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Facts } from "../facts.ts";
import type { Values } from "../table.ts";
import { addressesOf } from "./addresses.ts";

/** The default is named after the process group. */
export function serverRootOf(values: Values, facts: Facts): string {
  // The path of a socket is one name here.
  const name = `${addressesOf(values, facts).group.replaceAll("/", "_")}:${facts.uid}`;
  return absolute(facts.directory, values["server-root"] ?? defaultRoot(name, facts));
}

function defaultRoot(name: string, facts: Facts): string {
  const temporary = facts.onMac ? "/var/tmp" : facts.environment["TMPDIR"] || "/tmp";
  return `${temporary.replace(/\/+$/, "")}/mod_wsgi-${name}`;
}
