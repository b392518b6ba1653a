/** Describes who is at the other end of a connection, once per connection. Pure. */

import { plainAddress } from "../settings/subnets.ts";
import type { Client, Peer } from "./exchange.ts";

/** @param remoteAddress, localAddress as the socket reports them. */
export function makePeer(
  remoteAddress: string,
  remotePort: number,
  localAddress: string,
  localPort: number,
  secure: boolean,
): Peer {
  const remote = plainAddress(remoteAddress);
  const local = plainAddress(localAddress);
  const scheme = secure ? "https" : "http";
  const pairs = ["REMOTE_ADDR", remote, "REMOTE_PORT", remotePort, "SERVER_ADDR", local, "REQUEST_SCHEME", scheme];
  if (secure) pairs.push("HTTPS", "on");
  return {
    remoteAddress: remote,
    remotePort,
    localAddress: local,
    localPort,
    secure,
    clientVerify: "NONE",
    environ: pairs.join("\0"),
  };
}

/** Who asks, as far as the connection and the host of the request tell. */
export function clientOf({ remoteAddress, secure }: Peer, host: string, port: string): Client {
  return { address: remoteAddress, secure, host, port, forwarded: false };
}

/**
 * The same for a client of the socket at `path` in the file system. It has no address, and an application must not take
 * it for one of this machine: whoever is behind the proxy there may be anywhere. A Host without a port means the usual
 * one, as what the proxy listens on is not known.
 */
export function makeLocalPeer(path: string, secure: boolean): Peer {
  const localAddress = `unix:${path}`;
  // An environ is bytes, one latin-1 character each.
  const shown = Buffer.from(localAddress).toString("latin1");
  const pairs = ["REMOTE_ADDR", "", "SERVER_ADDR", shown, "REQUEST_SCHEME", secure ? "https" : "http"];
  if (secure) pairs.push("HTTPS", "on");
  const localPort = secure ? 443 : 80;
  return {
    remoteAddress: "",
    remotePort: 0,
    localAddress,
    localPort,
    secure,
    clientVerify: "NONE",
    environ: pairs.join("\0"),
  };
}
