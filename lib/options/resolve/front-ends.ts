/** How many front ends there are, and how they count their clients. Pure. */

import type { Capacity } from "../../settings/capacity.ts";
import type { FrontEnds } from "../../settings/settings.ts";
import type { Facts } from "../facts.ts";
import type { Values } from "../table.ts";

/** As many keep more workers busy than machines have processors for. */
const MOST_BY_DEFAULT = 8;

/** In the order in which the original looks for them, whatever the order on the command line. */
const MPMS = ["event", "worker", "prefork"] as const;

export function frontEndsOf(
  values: Values,
  capacity: Capacity,
  { cpus }: Facts,
): { readonly frontEnds: FrontEnds; readonly maxClients: number } {
  const mpm = MPMS.find((name) => values["server-mpm"].includes(name)) ?? "event";
  const usual = mpm === "event" ? 1 : Math.min(cpus, MOST_BY_DEFAULT);
  const maxClients = mpm === "prefork" ? capacity.prefork : capacity.event;
  return {
    frontEnds: { count: values.frontends ?? usual, connections: mpm === "event" ? 0 : maxClients },
    maxClients,
  };
}
