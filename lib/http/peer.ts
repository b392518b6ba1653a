/** Describes who is at the other end of a connection, once per connection. Pure. */

import type { Peer } from "./exchange.ts";

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

/** A dual-stack socket shows IPv4 clients as ::ffff:192.0.2.1 (RFC 4291 §2.5.5.2); applications know them without. */
function plainAddress(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
