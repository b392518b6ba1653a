/** Connects to an upstream: TCP or a UNIX socket, with TLS or without; the border to the sockets. */

import type { Socket, SocketHandler } from "bun";
import { trustedAuthorities } from "../../os/authorities.ts";
import type { Upstream } from "../../settings/upstream.ts";
import type { UpstreamConnection } from "./connection.ts";

export type Connect = (upstream: Upstream, connection: UpstreamConnection) => void;

/** @param bug is told of what was thrown here while a connection was served, which costs that connection only. */
export function createConnect(bug: (error: Error) => void): Connect {
  const plain = handlerOf(true, bug);
  const overTls = handlerOf(false, bug);
  let authorities: { readonly ca?: string } | null = null;

  function tlsFor({ hostname }: Upstream): Bun.TLSOptions {
    if (authorities === null) {
      const ca = trustedAuthorities(process.env);
      authorities = ca === undefined ? {} : { ca };
    }
    // An address is no name that a server could choose its certificate by (RFC 6066 §3).
    const isAddress = /^[\d.]+$|:/.test(hostname);
    return { ...authorities, rejectUnauthorized: true, ...(isAddress ? {} : { serverName: hostname }) };
  }

  /** Throws what the system says, also of an address that can be none. */
  async function open(upstream: Upstream, connection: UpstreamConnection): Promise<void> {
    const { hostname, port, socketPath, secure } = upstream;
    const options = {
      allowHalfOpen: true,
      data: connection,
      socket: secure ? overTls : plain,
      ...(secure ? { tls: tlsFor(upstream) } : {}),
    };
    if (socketPath === null) await Bun.connect<UpstreamConnection>({ ...options, hostname, port });
    else await Bun.connect<UpstreamConnection>({ ...options, unix: socketPath });
  }

  return (upstream, connection) => {
    open(upstream, connection)
      .catch((error: NodeJS.ErrnoException) => {
        connection.failed(REASONS[error.code ?? ""] ?? `no connection: ${error.code ?? error.message}`, 503);
      })
      .catch(bug);
  };
}

function handlerOf(ready: boolean, bug: (error: Error) => void): SocketHandler<UpstreamConnection> {
  return {
    open(socket: Socket<UpstreamConnection>): void {
      socket.data.opened(socket, ready);
    },
    handshake(socket: Socket<UpstreamConnection>, success: boolean, problem: Error | null): void {
      if (success) socket.data.secured();
      else socket.data.failed(`TLS failed: ${problem?.message ?? "no reason given"}`, 502);
    },
    data(socket: Socket<UpstreamConnection>, data: Buffer): void {
      socket.data.receive(data);
    },
    drain(socket: Socket<UpstreamConnection>): void {
      socket.data.drain();
    },
    end(socket: Socket<UpstreamConnection>): void {
      socket.data.ended();
    },
    close(socket: Socket<UpstreamConnection>, error?: Error): void {
      socket.data.closed(error !== undefined);
    },
    error(socket: Socket<UpstreamConnection>, error: Error): void {
      bug(error);
      socket.data.failed("a bug of this server", 502);
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused; is it running?",
  ENOENT: "there is no such socket; is it running?",
  EACCES: "the user of this server may not use the socket",
  ENOTFOUND: "its name is not known to the resolver",
  ETIMEDOUT: "the connection timed out",
  EMFILE: "there are no descriptors left for a connection",
};
