/** A connection on a socket made of memory: what is sent is kept, what is asked for is answered by a given function. */

import type { Exchange } from "../../../lib/http/exchange.ts";
import { H1Connection } from "../../../lib/http/h1/connection.ts";
import type { ConnectionContext } from "../../../lib/http/context.ts";
import type { Transport } from "../../../lib/http/transport.ts";
import { makePeer } from "../../../lib/http/peer.ts";
import { responseHead } from "../../../lib/http/response-head.ts";

export interface Line {
  readonly connection: H1Connection;
  readonly clock: { nowMs: number };
  readonly seen: Exchange[];
  /** Refusals as statuses. */
  readonly refusals: number[];
  /** How exchanges ended. */
  readonly ends: { readonly whole: boolean; readonly bodyBytes: number }[];
  sent(): string;
  readonly socket: { state: "open" | "half" | "closed" | "reset"; paused: boolean; room: number };
}

export const echoMethod = (exchange: Exchange): void =>
  exchange.send(responseHead(200, [["Content-Type", "text/plain"]]), `${exchange.head.method} ${exchange.head.path}`);

export function line(handle: (exchange: Exchange) => void, options: Partial<ConnectionContext> = {}): Line {
  const clock = { nowMs: 1000 };
  const socket: Line["socket"] = { state: "open", paused: false, room: Infinity };
  const written: Buffer[] = [];
  const seen: Exchange[] = [];
  const refusals: number[] = [];
  const ends: { whole: boolean; bodyBytes: number }[] = [];
  const transport: Transport = {
    write(data, offset = 0, length = data.length - offset) {
      const taken = Math.min(length, socket.room);
      written.push(Buffer.from(data.subarray(offset, offset + taken)));
      socket.room -= taken;
      return taken;
    },
    end: () => void (socket.state = "closed"),
    shutdown: () => void (socket.state = "half"),
    terminate: () => void (socket.state = "reset"),
    pause: () => void (socket.paused = true),
    resume: () => void (socket.paused = false),
  };
  const context: ConnectionContext = {
    clock,
    nowUs: () => 1_700_000_000_000_000,
    firstByteUs: () => 0,
    limits: {
      head: { firstMs: 15_000, ceilingMs: 30_000, minRateBytes: 500 },
      body: { firstMs: 15_000, ceilingMs: 0, minRateBytes: 500 },
      keepAliveMs: 2000,
      writeMs: 60_000,
      answerMs: 60_000,
    },
    maxBodyBytes: 1_000_000,
    sendfile: false,
    unsizedBodies: true,
    state: { draining: false },
    handle(exchange) {
      seen.push(exchange);
      handle(exchange);
    },
    answered: (_exchange, bodyBytes, whole) => void ends.push({ whole, bodyBytes }),
    refused(by, refusal) {
      refusals.push(refusal.status);
      by.refuse(responseHead(refusal.status, []), Buffer.alloc(0), false);
    },
    faulted: () => undefined,
    silent: () => undefined,
    unread: () => undefined,
    closed: () => undefined,
    ...options,
  };
  const connection = new H1Connection(context, transport, makePeer("192.0.2.1", 4000, "192.0.2.2", 80, false));
  return { connection, clock, seen, refusals, ends, socket, sent: () => Buffer.concat(written).toString("latin1") };
}
