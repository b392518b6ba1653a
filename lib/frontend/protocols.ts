/** Which protocol a connection speaks: the one place that knows there is more than one. */

import type { Socket } from "bun";
import type { Connection } from "../http/connection.ts";
import type { Peer } from "../http/exchange.ts";
import { H1Connection } from "../http/h1/connection.ts";
import type { ConnectionContext } from "../http/h1/context.ts";
import type { Refusal } from "../http/h1/syntax.ts";

/** For ALPN, each with its length before it (RFC 7301 §3.1): the only form the library takes. */
export function alpnBytes(names: readonly string[]): Buffer {
  return Buffer.concat(names.map((name) => Buffer.from([name.length, ...Buffer.from(name)])));
}

/** A connection on which bytes can be exchanged: a clear one that has just been accepted, or TLS after its handshake. */
export interface Opening {
  readonly socket: Socket<Connection>;
  readonly peer: Peer;
  /** What the TLS handshake agreed on (RFC 7301); null when it agreed on nothing, and in the clear. */
  readonly alpn: string | null;
  /** Since when the client is waited for, coarse ms: a handshake counts to --header-timeout. */
  readonly sinceMs: number;
  /** No TLS: what is written to its descriptor is what the client gets. */
  readonly clear: boolean;
}

export interface Protocols {
  /** For ALPN, the best first. */
  readonly offered: readonly string[];
  begin(opening: Opening): Connection;
  /** Answers what can't be HTTP, and closes. `text` is the beginning of what came. */
  refuse(opening: Opening, refusal: Refusal, text: string): Connection;
}

export function createProtocols(context: ConnectionContext): Protocols {
  return {
    offered: ["http/1.1"],
    begin: ({ socket, peer, sinceMs, clear }) => new H1Connection(context, socket, peer, sinceMs, clear),
    refuse({ socket, peer, sinceMs }, refusal, text) {
      const connection = new H1Connection(context, socket, peer, sinceMs);
      context.refused(connection, refusal, text);
      return connection;
    },
  };
}
