/** Describes who is at the other end of a connection, once per connection. Pure. */

import { plainAddress } from "../settings/subnets.ts";
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
