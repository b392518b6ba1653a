/** Request heads for tests: a plain GET, changed where it matters. */

import type { Client, Field, RequestHead } from "../../lib/http/exchange.ts";
import { makePeer } from "../../lib/http/peer.ts";
import { resolveTarget } from "../../lib/http/path.ts";

export interface HeadChanges {
  readonly method?: string;
  readonly version?: RequestHead["version"];
  readonly fields?: readonly Field[];
  readonly host?: string;
  readonly hostPort?: string;
  readonly secure?: boolean;
  readonly startedUs?: number;
  /** What differs from what the connection and Host show. */
  readonly client?: Partial<Client>;
}

/** @param target must be one that is not refused */
export function requestHead(target: string, changes: HeadChanges = {}): RequestHead {
  const resolved = resolveTarget(target);
  if ("why" in resolved) throw new Error(resolved.why);
  const { method = "GET", fields = [], host = "example.test", hostPort = "", secure = false } = changes;
  return {
    method,
    target,
    path: resolved.path,
    query: resolved.query,
    version: changes.version ?? "HTTP/1.1",
    host,
    hostPort,
    client: { address: "192.0.2.1", secure, host, port: hostPort, forwarded: false, ...changes.client },
    peer: makePeer("192.0.2.1", 50_000, "192.0.2.2", 8000, secure),
    startedUs: changes.startedUs ?? Date.now() * 1000,
    fields,
    fieldEnviron: "",
    common: { uses: 1, environ: "", target: "", mapped: "", pairs: "" },
  };
}
