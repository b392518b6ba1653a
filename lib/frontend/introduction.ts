/** A connection of a load balancer until its PROXY header has come: only then is it known whose connection it is. */

import type { Connection } from "../http/connection.ts";
import type { Peer } from "../http/exchange.ts";
import type { ConnectionContext } from "../http/context.ts";
import { makePeer } from "../http/peer.ts";
import { readProxyHeader } from "../http/proxy-protocol.ts";

/** What it does with its socket. */
interface Line {
  end(): void;
  terminate(): void;
}

export interface Introduced {
  /** Who the client is, and what it has sent behind the header. */
  introduced(peer: Peer, rest: Buffer): void;
  /** The header is missing or malformed, and the connection dropped. */
  refused(balancer: Peer, why: string): void;
}

export class Introduction implements Connection {
  readonly peer: Peer;
  readonly idleSinceMs: number;
  #context: ConnectionContext;
  #line: Line;
  #told: Introduced;
  /** Bounded: a header that can't become one any more is refused. */
  #bytes: Buffer = NOTHING;
  #over = false;

  constructor(context: ConnectionContext, line: Line, balancer: Peer, told: Introduced) {
    this.peer = balancer;
    this.idleSinceMs = context.clock.nowMs;
    this.#context = context;
    this.#line = line;
    this.#told = told;
  }

  receive(data: Buffer): void {
    if (this.#over) return;
    this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data]);
    const header = readProxyHeader(this.#bytes);
    if (header === "incomplete") return;
    if ("why" in header) {
      this.#refuse(header.why);
      return;
    }
    const { addresses, consumed } = header;
    const { peer } = this;
    const client =
      addresses === null
        ? peer
        : makePeer(
            addresses.remoteAddress,
            addresses.remotePort,
            addresses.localAddress,
            addresses.localPort,
            peer.secure,
          );
    this.#over = true;
    this.#told.introduced(client, this.#bytes.subarray(consumed));
  }

  // Balancers also connect just to see whether somebody is there.
  ended(): void {
    if (!this.#over) this.#line.end();
  }

  // It has nothing to say before it knows whom to.
  drain(): void {}

  lost(): void {
    this.#over = true;
    this.#context.closed();
  }

  retire(): void {
    this.#line.end();
  }

  tick(nowMs: number): void {
    const { firstMs } = this.#context.limits.head;
    if (firstMs > 0 && nowMs - this.idleSinceMs > firstMs)
      this.#refuse("its header did not come within --header-timeout");
  }

  #refuse(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#told.refused(this.peer, why);
    this.#line.terminate();
  }
}

const NOTHING = Buffer.alloc(0);
