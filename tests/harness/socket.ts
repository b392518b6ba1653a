/** A client's socket, in the clear or with TLS. */

import { connect as connectClear, type Socket } from "node:net";
import { connect as connectSecure, type ConnectionOptions } from "node:tls";

export interface ClientSocket {
  readonly socket: Socket;
  /** The event that tells that it can be used. */
  readonly opened: "connect" | "secureConnect";
}

/** `tls` is what TLS needs to know; without it there is none. */
export function clientSocket(port: number, host: string, tls?: ConnectionOptions): ClientSocket {
  const where = host.startsWith("/") ? { path: host } : { port, host, noDelay: true };
  const options = { ...where, allowHalfOpen: true };
  if (tls === undefined) return { socket: connectClear(options), opened: "connect" };
  return { socket: connectSecure({ ...options, ...tls }), opened: "secureConnect" };
}
