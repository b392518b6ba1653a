/** A connection on a socket made of memory: what is sent is kept, what is asked for is answered by a given function. */

import type { Exchange } from "../../../lib/http/exchange.ts";
import { H1Connection } from "../../../lib/http/h1/connection.ts";
import type { ConnectionContext } from "../../../lib/http/context.ts";
import { makePeer } from "../../../lib/http/peer.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { surroundings, type Notes } from "../surroundings.ts";

export interface Line extends Notes {
  readonly connection: H1Connection;
  sent(): string;
}

export const echoMethod = (exchange: Exchange): void =>
  exchange.send(responseHead(200, [["Content-Type", "text/plain"]]), `${exchange.head.method} ${exchange.head.path}`);

export function line(handle: (exchange: Exchange) => void, options: Partial<ConnectionContext> = {}): Line {
  const written: Buffer[] = [];
  const { context, notes, transport } = surroundings(handle, (bytes) => void written.push(bytes), "", options);
  const connection = new H1Connection(context, transport, makePeer("192.0.2.1", 4000, "192.0.2.2", 80, false));
  return { ...notes, connection, sent: () => Buffer.concat(written).toString("latin1") };
}
