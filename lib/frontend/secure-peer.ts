/** What TLS adds to the peer of a connection. */

import type { Socket } from "bun";
import type { Peer } from "../http/exchange.ts";

/** @param error why the client's certificate isn't trusted. */
export function makeSecurePeer(peer: Peer, _socket: Socket<unknown>, _error: Error | null): Peer {
  return peer;
}
