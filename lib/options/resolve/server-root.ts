/** Where the server keeps its files, and the label of the address that its default is named after. Pure. */

import { absolute } from "../../settings/paths.ts";
import { ipv6In } from "../checks/address.ts";
import type { Facts } from "../facts.ts";
import type { Values } from "../table.ts";

export function serverRootOf(values: Values, facts: Facts): string {
  const name = `${labelOf(values.host)}:${values.port}:${facts.uid}`;
  return absolute(facts.directory, values["server-root"] ?? defaultRoot(name, facts));
}

/** The host as names, paths and URLs have it: IPv6 in brackets, so that a port can follow. */
export function labelOf(host: string | undefined): string {
  if (host === undefined) return "localhost";
  const address = ipv6In(host);
  return address === null ? host : `[${address}]`;
}

function defaultRoot(name: string, facts: Facts): string {
  const temporary = facts.onMac ? "/var/tmp" : facts.environment["TMPDIR"] || "/tmp";
  return `${temporary.replace(/\/+$/, "")}/mod_wsgi-${name}`;
}
