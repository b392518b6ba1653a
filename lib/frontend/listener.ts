/** Accepts connections on the inherited descriptors, and enforces every limit on time with one sweep over them. */

import type { Socket } from "bun";
import { H1Connection } from "../http/h1/connection.ts";
import type { ConnectionContext } from "../http/h1/context.ts";
import { makePeer } from "../http/peer.ts";
import { setBacklog } from "../os/sockets.ts";

/** Native timers tick every 4 s; deadlines of whole seconds are kept well enough by a look this often. */
const SWEEP_MS = 100;

export interface Acceptor {
  /** Stops accepting and closes what is idle; the rest closes with its response. */
  drain(): void;
  /** Connections that are open. */
  readonly count: number;
}

export interface Accepting {
  /** How many connections may wait in the system to be accepted. */
  readonly backlog: number;
  readonly context: ConnectionContext;
  /** Called at each sweep, before the connections are looked at. */
  swept(nowMs: number): void;
  /** Something here threw while it served a connection: a bug, which costs that connection only. */
  failed(error: Error): void;
}

export function accept(descriptors: readonly number[], accepting: Accepting): Acceptor {
  const { backlog, context } = accepting;
  const connections = new Set<H1Connection>();
  const listeners = descriptors.map((fd) => Bun.listen<H1Connection>(listenOptions(fd)));
  // Bun has set the 512 that it always takes.
  for (const fd of descriptors) setBacklog(fd, backlog);
  const timer = setInterval(sweep, SWEEP_MS);

  function listenOptions(fd: number): Bun.TCPSocketListenOptions<H1Connection> {
    const options = {
      // Clients that shut down their half after the request (`nc -N`) still want the answer.
      allowHalfOpen: true,
      socket: {
        open(socket: Socket<H1Connection>): void {
          const { remoteAddress, remotePort, localPort } = socket;
          const peer = makePeer(remoteAddress, remotePort, socket.localAddress, localPort, false);
          const connection = new H1Connection(context, socket, peer);
          socket.data = connection;
          connections.add(connection);
        },
        data(socket: Socket<H1Connection>, data: Buffer): void {
          socket.data.receive(data);
        },
        drain(socket: Socket<H1Connection>): void {
          socket.data.drain();
        },
        end(socket: Socket<H1Connection>): void {
          socket.data.ended();
        },
        close(socket: Socket<H1Connection>): void {
          connections.delete(socket.data);
          socket.data.lost();
        },
        error(socket: Socket<H1Connection>, error: Error): void {
          accepting.failed(error);
          socket.terminate();
        },
      },
    };
    // `fd` is missing from the types: Bun accepts on a listening descriptor that was inherited.
    return { ...options, fd } as unknown as Bun.TCPSocketListenOptions<H1Connection>;
  }

  function sweep(): void {
    const nowMs = Math.floor(performance.now());
    context.clock.nowMs = nowMs;
    accepting.swept(nowMs);
    for (const connection of connections) connection.tick(nowMs);
  }

  return {
    get count() {
      return connections.size;
    },
    drain() {
      context.state.draining = true;
      for (const listener of listeners) listener.stop(false);
      for (const connection of connections) connection.retire();
      if (connections.size === 0) clearInterval(timer);
    },
  };
}
