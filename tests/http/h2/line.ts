/** An HTTP/2 connection on a socket made of memory: frames in, frames out, answered by a given function. */

import type { ConnectionContext } from "../../../lib/http/context.ts";
import type { Exchange, Field } from "../../../lib/http/exchange.ts";
import { H2Connection } from "../../../lib/http/h2/connection.ts";
import { FrameReader } from "../../../lib/http/h2/frame-reader.ts";
import { Flag, frame, FrameType, PREFACE, settingsFrame } from "../../../lib/http/h2/frames.ts";
import { HpackDecoder } from "../../../lib/http/h2/hpack/decoder.ts";
import { encodeField } from "../../../lib/http/h2/hpack/encoder.ts";
import { makePeer } from "../../../lib/http/peer.ts";
import { responseHead } from "../../../lib/http/response-head.ts";
import { surroundings, type Notes } from "../surroundings.ts";

/** A frame that the server sent. */
export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
}

export interface Line extends Notes {
  readonly connection: H2Connection;
  readonly context: ConnectionContext;
  /** Sends bytes to the connection and lets what it asked for happen. */
  send(...parts: readonly Uint8Array[]): Promise<void>;
  /** Frames since the last call, but for the greeting, acknowledgements and window updates. */
  frames(): Received[];
  /** The same in short: "HEADERS 1 end :status=200 x=y", "DATA 1 end 'text'", "RST_STREAM 1 8", "GOAWAY 1 0". */
  said(): string[];
  tick(nowMs: number): Promise<void>;
}

export const hello = (exchange: Exchange): void =>
  exchange.send(responseHead(200, [["Content-Type", "text/plain"]]), `${exchange.head.method} ${exchange.head.target}`);

export const get: readonly Field[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "malt.test"],
];

export const post: readonly Field[] = get.map(([name, value]) => [name, name === ":method" ? "POST" : value]);

export function headers(
  id: number,
  fields: readonly Field[],
  flags: number = Flag.END_HEADERS | Flag.END_STREAM,
): Buffer {
  return frame(FrameType.HEADERS, flags, id, Buffer.concat(fields.map(([name, value]) => encodeField(name, value))));
}

export function data(id: number, text: string | Uint8Array, flags: number = 0): Buffer {
  return frame(FrameType.DATA, flags, id, Buffer.from(text));
}

/** A line on which preface and settings have been said. */
export async function line(
  handle: (exchange: Exchange) => void,
  options: Partial<ConnectionContext> = {},
  settings: readonly (readonly [number, number])[] = [],
): Promise<Line> {
  const made = silentLine(handle, options);
  await made.send(PREFACE, settingsFrame(settings));
  return made;
}

/** A line on which nothing has been said yet. */
export function silentLine(handle: (exchange: Exchange) => void, options: Partial<ConnectionContext> = {}): Line {
  let received: Received[] = [];
  const reader = new FrameReader((type, flags, id, payload) => {
    received.push({ type, flags, id, payload: Buffer.from(payload) });
    return null;
  });
  const decoder = new HpackDecoder(1_000_000);
  const { context, notes, transport } = surroundings(handle, (bytes) => reader.feed(bytes), "page", options);
  const { clock } = notes;
  const peer = makePeer("192.0.2.1", 4000, "192.0.2.2", 80, false);
  const connection = new H2Connection(context, transport, peer, clock.nowMs);

  function frames(): Received[] {
    const all = received;
    received = [];
    const silent = new Set<number>([FrameType.SETTINGS, FrameType.WINDOW_UPDATE]);
    return all.filter(({ type }) => !silent.has(type));
  }

  function short({ type, flags, id, payload }: Received): string {
    const end = (flags & Flag.END_STREAM) === 0 ? "" : " end";
    switch (type) {
      case FrameType.HEADERS: {
        const fields = decoder.decode(payload);
        if (typeof fields === "string") throw new Error(`the server's header block is ${fields}`);
        const shown = fields.filter(([name]) => name !== "date" && name !== "server");
        return `HEADERS ${id}${end} ${shown.map(([name, value]) => `${name}=${value}`).join(" ")}`;
      }
      case FrameType.DATA:
        return `DATA ${id}${end} '${payload.toString("latin1")}'`;
      case FrameType.RST_STREAM:
        return `RST_STREAM ${id} ${payload.readUInt32BE(0)}`;
      case FrameType.GOAWAY:
        return `GOAWAY ${payload.readUInt32BE(0)} ${payload.readUInt32BE(4)}`;
      case FrameType.PING:
        return `PING ${flags} '${payload.toString("latin1")}'`;
      default:
        return `frame of type ${type}`;
    }
  }

  return {
    ...notes,
    connection,
    context,
    async send(...parts) {
      for (const part of parts) connection.receive(Buffer.from(part));
      // What is put together in one turn is written at its end.
      await Promise.resolve();
    },
    frames,
    said: () => frames().map(short),
    async tick(nowMs) {
      clock.nowMs = nowMs;
      connection.tick(nowMs);
      await Promise.resolve();
    },
  };
}
