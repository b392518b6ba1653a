/** What a connection of either protocol sits on in tests: a socket made of memory, limits of known size, notes of what happened. */

import type { ConnectionContext } from "../../lib/http/context.ts";
import type { Exchange } from "../../lib/http/exchange.ts";
import { responseHead } from "../../lib/http/response-head.ts";
import type { Transport } from "../../lib/http/transport.ts";

const HTML = [["Content-Type", "text/html; charset=utf-8"]] as const;

export interface MemorySocket {
  state: "open" | "half" | "closed" | "reset";
  paused: boolean;
  /** How many bytes it still takes. */
  room: number;
  /** How many it has taken. */
  written: number;
}

export interface Notes {
  readonly clock: { nowMs: number };
  readonly socket: MemorySocket;
  readonly seen: Exchange[];
  /** Refusals as statuses. */
  readonly refusals: number[];
  /** Why the client was found to break the protocol. */
  readonly faults: string[];
  /** How exchanges ended. */
  readonly ends: { readonly whole: boolean; readonly bodyBytes: number }[];
}

export interface Surroundings {
  readonly notes: Notes;
  readonly transport: Transport;
  readonly context: ConnectionContext;
}

/**
 * @param take gets what the socket takes
 * @param page of a refused request
 */
export function surroundings(
  handle: (exchange: Exchange) => void,
  take: (bytes: Buffer) => void,
  page: string,
  options: Partial<ConnectionContext>,
): Surroundings {
  const socket: MemorySocket = { state: "open", paused: false, room: Infinity, written: 0 };
  const notes: Notes = { clock: { nowMs: 1000 }, socket, seen: [], refusals: [], faults: [], ends: [] };
  const transport: Transport = {
    write(bytes, offset = 0, length = bytes.length - offset) {
      const taken = Math.min(length, socket.room);
      socket.room -= taken;
      socket.written += taken;
      take(Buffer.from(bytes.subarray(offset, offset + taken)));
      return taken;
    },
    end: () => void (socket.state = "closed"),
    shutdown: () => void (socket.state = "half"),
    terminate: () => void (socket.state = "reset"),
    pause: () => void (socket.paused = true),
    resume: () => void (socket.paused = false),
  };
  const context: ConnectionContext = {
    clock: notes.clock,
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
      notes.seen.push(exchange);
      handle(exchange);
    },
    answered: (_exchange, bodyBytes, whole) => void notes.ends.push({ whole, bodyBytes }),
    refused(by, { status }, text) {
      notes.refusals.push(status);
      by.refuse(responseHead(status, HTML), Buffer.from(page), text.startsWith("HEAD "));
    },
    faulted: (_peer, why) => void notes.faults.push(why),
    silent: () => undefined,
    unread: () => undefined,
    closed: () => undefined,
    ...options,
  };
  return { notes, transport, context };
}
