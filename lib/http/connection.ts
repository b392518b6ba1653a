/** A connection of a client, of whichever protocol, as its listener drives it. */

import type { Peer } from "./exchange.ts";
import type { ResponseHead } from "./response-head.ts";

export interface Connection {
  readonly peer: Peer;
  /** Since when it is connected for nothing, coarse ms; Infinity when it isn't. */
  readonly idleSinceMs: number;
  /** Bytes from the socket. The buffer becomes the connection's. */
  receive(data: Buffer): void;
  /** The client has sent its FIN: it may still be reading. */
  ended(): void;
  /** The socket takes bytes again. */
  drain(): void;
  /** The socket is gone. */
  lost(): void;
  /** Nothing new is wanted from the client: close when it is quiet. */
  retire(): void;
  /** Called some times a second: enforces every limit on time. */
  tick(nowMs: number): void;
}

/** Who can answer what was no request. */
export interface Refusable {
  readonly peer: Peer;
  /** @param isHead only the head is to be sent. @returns how many bytes that took. */
  refuse(response: ResponseHead, page: Buffer, isHead: boolean): number;
}
