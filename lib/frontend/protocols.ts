/** Which protocol a connection speaks: the one place that knows there is more than one. */

import type { Socket } from "bun";
import type { Connection } from "../http/connection.ts";
import type { Peer } from "../http/exchange.ts";
import { H1Connection } from "../http/h1/connection.ts";
import type { ConnectionContext } from "../http/context.ts";
import type { Refusal } from "../http/syntax.ts";
import { H2Connection } from "../http/h2/connection.ts";
import { FirstWords } from "./first-words.ts";

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

/** One connection has taken the place of another on its socket. */
export type Replaced = (before: Connection, next: Connection) => void;

export interface Protocols {
  /** For ALPN, the best first. */
  readonly offered: readonly string[];
  /** @param replaced is told when it takes some bytes to tell what the client speaks */
  begin(opening: Opening, replaced: Replaced): Connection;
  /** Answers what can't be HTTP, and closes. `text` is the beginning of what came. */
  refuse(opening: Opening, refusal: Refusal, text: string): Connection;
}

export function createProtocols(context: ConnectionContext, http2: boolean): Protocols {
  const speakHttp1 = ({ socket, peer, sinceMs, clear }: Opening): H1Connection =>
    new H1Connection(context, socket, peer, sinceMs, clear);
  const speakHttp2 = ({ socket, peer, sinceMs }: Opening): H2Connection =>
    new H2Connection(context, socket, peer, sinceMs);

  function beginEither(opening: Opening, replaced: Replaced): Connection {
    if (opening.alpn === "h2") return speakHttp2(opening);
    const usual = speakHttp1(opening);
    if (opening.peer.secure) return usual;
    const words = new FirstWords(
      usual,
      () => speakHttp2(opening),
      (next) => {
        opening.socket.data = next;
        replaced(words, next);
      },
    );
    return words;
  }

  return {
    offered: http2 ? ["h2", "http/1.1"] : ["http/1.1"],
    begin: http2 ? beginEither : speakHttp1,
    refuse(opening, refusal, text) {
      const connection = speakHttp1(opening);
      context.refused(connection, refusal, text);
      return connection;
    },
  };
}
