/** What TLS adds to the peer of a connection; worked out when somebody asks, and then once. */

import type { Socket } from "bun";
import type { Peer } from "../http/exchange.ts";
import { valueAt, viewOf } from "../tls/certificate.ts";
import { clientVariables, environText, sessionVariables, type Pairs } from "../tls/variables.ts";
import type { Identity, ServerKeys } from "./server-keys.ts";

/** What all connections share. */
export interface SecurePeers {
  readonly keys: ServerKeys;
  /** Ours, as the variables tell it; null when applications don't see them. */
  readonly told: { readonly version: string } | null;
}

export class SecurePeer implements Peer {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly secure = true;
  #shared: SecurePeers;
  #plain: string;
  #socket: Socket<unknown>;
  #identity: Identity;
  #error: Error | null;
  #environ: string | undefined;
  #clientVerify: string | undefined;

  /** @param error why the library doesn't trust the client's certificate, also when there is none. */
  constructor(shared: SecurePeers, peer: Peer, socket: Socket<unknown>, error: Error | null) {
    this.remoteAddress = peer.remoteAddress;
    this.remotePort = peer.remotePort;
    this.localAddress = peer.localAddress;
    this.localPort = peer.localPort;
    this.#shared = shared;
    this.#plain = peer.environ;
    this.#socket = socket;
    this.#error = error;
    // It may be replaced before anybody asks.
    this.#identity = shared.keys.identityFor(socket.getServername());
  }

  get environ(): string {
    return (this.#environ ??= this.#plain + environText(this.#variables()));
  }

  get clientVerify(): string {
    return (this.#clientVerify ??= this.#verify());
  }

  #verify(): string {
    if (!this.#shared.keys.asksClients) return "NONE";
    const certificate = this.#socket.getPeerX509Certificate();
    if (certificate === undefined) return "NONE";
    const problem = this.#error === null ? this.#identity.distrust(certificate) : this.#error.message;
    return problem === null ? "SUCCESS" : `FAILED:${problem}`;
  }

  #variables(): Pairs {
    const socket = this.#socket;
    const host = socket.getServername();
    const asked: Pairs = host ? [["SSL_TLS_SNI", host]] : [];
    const { told, keys } = this.#shared;
    if (told === null) return asked;
    const session = {
      // Nothing is known any more of one that has just been closed.
      protocol: socket.getTLSVersion() ?? "",
      cipher: (socket.getCipher() as { name?: string } | undefined)?.name ?? "",
      id: sessionId(socket.getSession() as Uint8Array | undefined) || ownId(socket),
      resumed: socket.isSessionReused(),
      clientVerify: this.clientVerify,
    };
    const client = keys.asksClients ? socket.getPeerX509Certificate() : undefined;
    return [
      ...asked,
      ...sessionVariables(session, told.version),
      ...this.#identity.variables,
      ...(client === undefined ? [] : clientVariables(viewOf(client), Date.now())),
    ];
  }
}

/** A session that the client alone keeps has no id. This is another for each connection, and tells nothing (RFC 5705). */
function ownId(socket: Socket<unknown>): string {
  const bytes = socket.exportKeyingMaterial(32, "EXPERIMENTAL session id") as Uint8Array | undefined;
  return bytes === undefined ? "" : Buffer.from(bytes).toString("hex");
}

/** The fourth element of a session as the library writes it, behind two version numbers and the cipher; hexadecimal. */
function sessionId(session: Uint8Array | undefined): string {
  if (session === undefined) return "";
  let at = valueAt(session, 0);
  for (let skipped = 0; skipped < 3; skipped++) at = valueAt(session, at) + (session[at + 1] ?? 0);
  const begin = valueAt(session, at);
  return Buffer.from(session.subarray(begin, begin + (session[at + 1] ?? 0))).toString("hex");
}
