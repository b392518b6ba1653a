/** The variables of a request that an error-log format asks for: looked up only when something is logged about it. */

import type { Exchange } from "../http/exchange.ts";
import { EARLIER_REQUESTS, LISTENER_PORT, REQUEST_ID, type RequestVariables } from "../logs/error-record.ts";

/** Those of `names` that the request has, or the site, for all requests; latin-1, as from the wire. */
export function requestVariables(
  { head, traffic }: Exchange,
  names: readonly string[],
  ofSite: RequestVariables,
): RequestVariables | undefined {
  if (names.length === 0) return undefined;
  const all: Record<string, string | undefined> = {
    ...ofSite,
    ...pairsIn(head.peer.environ),
    // Each pair of these has a leading NUL.
    ...pairsIn(head.fieldEnviron.slice(1)),
    REQUEST_METHOD: head.method,
    REQUEST_URI: head.target,
    QUERY_STRING: head.query,
    SERVER_PROTOCOL: head.version,
    SERVER_NAME: head.host === "" ? undefined : head.host,
    [LISTENER_PORT]: String(head.peer.localPort),
    [REQUEST_ID]: head.requestId,
    [EARLIER_REQUESTS]: traffic === undefined ? undefined : String(traffic.earlier),
  };
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(all, name) ? all[name] : undefined;
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function pairsIn(environ: string): Record<string, string> {
  const words = environ.split("\0");
  const pairs: Record<string, string> = {};
  for (let at = 0; at + 1 < words.length; at += 2) pairs[words[at] ?? ""] = words[at + 1] ?? "";
  return pairs;
}
