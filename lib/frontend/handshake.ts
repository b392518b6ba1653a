/**
 * A connection to the HTTPS port until its TLS handshake is over. It is accepted in the clear and becomes TLS with its first
 * bytes: so whoever speaks plain HTTP by mistake can be told, the certificate can be another for each connection, and the
 * door of an HTTPS port is like any other.
 */

import type { Socket, SocketHandler } from "bun";
import type { Connection } from "../http/connection.ts";
import type { Peer } from "../http/exchange.ts";
import { makePeer } from "../http/peer.ts";
import { Patience, type TimeLimits } from "../http/patience.ts";
import { codeOf } from "../os/errors.ts";
import { MAX_LINE_BYTES } from "../http/syntax.ts";
import type { Protocols, Replaced } from "./protocols.ts";
import { SecurePeer, type SecurePeers } from "./secure-peer.ts";
import type { ServerKeys } from "./server-keys.ts";

/** First byte of a TLS record that carries a handshake message (RFC 8446 §5.1). */
const HANDSHAKE_RECORD = 22;

const PLAIN_HTTP = {
  status: 400,
  why: "plain HTTP on the HTTPS port",
  told: "This port is for HTTPS. Use an address that begins with https:// instead.",
};

/** What the handshakes of a front end share. */
export interface Handshaking {
  readonly peers: SecurePeers;
  readonly protocols: Protocols;
  readonly limits: TimeLimits;
  readonly clock: { readonly nowMs: number };
  /** {@link Protocols.offered} in wire format. */
  readonly alpn: Buffer;
  /** As made by {@link tlsEvents}. */
  readonly events: SocketHandler<Connection>;
  /** Another connection has taken the place of a handshake. */
  readonly replaced: Replaced;
  /** It came to nothing. */
  failed(peer: Peer, why: string): void;
  /** It is over, and nothing took its place. */
  closed(): void;
}

/** What Bun has for servers and doesn't tell of in its types: node:tls is built on it. */
interface Upgrading {
  upgradeTLS(options: {
    readonly isServer: true;
    /** What was read before. */
    readonly initialData: Buffer;
    readonly data: Connection;
    readonly tls: {
      readonly secureContext: object;
      readonly requestCert: boolean;
      readonly rejectUnauthorized: boolean;
      /** In wire format. */
      readonly ALPNProtocols: Buffer;
    };
    readonly socket: SocketHandler<Connection>;
  }): [clear: Socket<Connection>, secure: Socket<Connection>];
}

/** The events of TLS sockets: those of `common`, and what happens before there are any. */
export function tlsEvents(common: SocketHandler<Connection>, keys: ServerKeys): SocketHandler<Connection> {
  const events = {
    ...common,
    handshake(socket: Socket<Connection>, agreed: boolean, error: Error | null): void {
      if (socket.data instanceof Handshake) socket.data.settled(socket, agreed, error);
    },
    serverName: (_handshake: Connection, host: string) => keys.identityFor(host).context,
    error(socket: Socket<Connection>, error: Error): void {
      // Clients end in an alert, and networks garble: nothing of that is a fault of this server.
      if (TLS_FAILURE.test(codeOf(error) ?? "")) socket.terminate();
      else void common.error?.(socket, error);
    },
  };
  return events;
}

const TLS_FAILURE = /^(?:ERR_SSL_|ERR_OSSL_|EPROTO$|ECONNRESET$)/;

/** In the place of a connection whose bytes are told a second time, encrypted: to the clear half of a TLS socket. */
const NOBODY: Connection = {
  idleSinceMs: Infinity,
  peer: makePeer("", 0, "", 0, true),
  receive: () => undefined,
  ended: () => undefined,
  drain: () => undefined,
  lost: () => undefined,
  retire: () => undefined,
  tick: () => undefined,
};

export class Handshake implements Connection {
  readonly peer: Peer;
  #socket: Socket<Connection>;
  #shared: Handshaking;
  #sinceMs: number;
  #patience: Patience;
  #open = true;

  /** @param peer as if the handshake had succeeded. */
  constructor(shared: Handshaking, socket: Socket<Connection>, peer: Peer) {
    this.#shared = shared;
    this.#socket = socket;
    this.peer = peer;
    this.#sinceMs = shared.clock.nowMs;
    this.#patience = new Patience(this.#sinceMs);
  }

  get idleSinceMs(): number {
    return this.#patience.idleSinceMs(this.#shared.clock.nowMs, false);
  }

  /** The first bytes. What follows goes to the library, and then to the connection that takes this one's place. */
  receive(data: Buffer): void {
    if (!this.#open) return;
    if (data[0] !== HANDSHAKE_RECORD) return this.#answerInTheClear(data);
    const { peers, alpn, events } = this.#shared;
    const { keys } = peers;
    const accepted = this.#socket;
    // The clear half goes on to report every byte that it passes on.
    accepted.data = NOBODY;
    const [clear, secure] = (accepted as unknown as Upgrading).upgradeTLS({
      isServer: true,
      initialData: data,
      data: this,
      tls: {
        // For clients that ask for no host; see `serverName` for the others.
        secureContext: keys.identityFor(undefined).context,
        requestCert: keys.asksClients,
        // Whether a certificate is needed depends on the path, and TLS 1.3 can't be asked again by this library.
        rejectUnauthorized: false,
        ALPNProtocols: alpn,
      },
      socket: events,
    });
    // The library's own waits for the client's farewell without an end. A connection is over when ours is on its way, as in
    // the clear: the kernel delivers what was written.
    secure.end = () => {
      secure.shutdown();
      return clear.end();
    };
    this.#socket = secure;
  }

  /** The handshake is over. `error` of one that was `agreed` on is about the client's certificate. */
  settled(socket: Socket<Connection>, agreed: boolean, error: Error | null): void {
    if (!this.#open) return;
    if (!agreed) {
      this.#shared.failed(this.peer, error?.message ?? "no reason given");
      // After the alert that tells the client why.
      socket.end();
      this.lost();
      return;
    }
    this.#become(socket, new SecurePeer(this.#shared.peers, this.peer, socket, error), socket.alpnProtocol || null);
  }

  ended(): void {
    this.#drop();
  }

  drain(): void {
    // What is on its way is the library's.
  }

  lost(): void {
    if (this.#open) this.#shared.closed();
    this.#open = false;
  }

  retire(): void {
    this.#drop();
  }

  tick(nowMs: number): void {
    if (!this.#patience.isOver("first request", this.#shared.limits, nowMs, nowMs)) return;
    this.#shared.failed(this.peer, "the client did not finish it within --header-timeout");
    this.#drop();
  }

  #answerInTheClear(data: Buffer): void {
    // Anything but a method's first letter is neither HTTP nor TLS.
    if (!/[A-Z]/.test(String.fromCharCode(data[0] ?? 0))) return this.#drop();
    this.#open = false;
    const opening = { socket: this.#socket, peer: this.peer, alpn: null, sinceMs: this.#sinceMs, clear: true };
    const line = /^[^\r\n]*/.exec(data.toString("latin1", 0, MAX_LINE_BYTES))?.[0] ?? "";
    this.#replace(this.#shared.protocols.refuse(opening, PLAIN_HTTP, line));
  }

  #become(socket: Socket<Connection>, peer: Peer, alpn: string | null): void {
    this.#open = false;
    this.#socket = socket;
    const { protocols, replaced } = this.#shared;
    this.#replace(protocols.begin({ socket, peer, alpn, sinceMs: this.#sinceMs, clear: false }, replaced));
  }

  #replace(next: Connection): void {
    this.#socket.data = next;
    this.#shared.replaced(this, next);
  }

  #drop(): void {
    if (!this.#open) return;
    this.#socket.terminate();
    this.lost();
  }
}
