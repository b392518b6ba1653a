/** Accepts connections, no more than there is room for, and enforces every limit on time with one sweep over them. */

import type { Socket, SocketHandler } from "bun";
import type { Connection } from "../http/connection.ts";
import type { ConnectionContext } from "../http/context.ts";
import type { Peer } from "../http/exchange.ts";
import { makeLocalPeer, makePeer } from "../http/peer.ts";
import type { AddressSet } from "../settings/subnets.ts";
import type { ListenerHandle } from "../control/frontend.ts";
import { dismissedAtOnce, longestIdle, type CrowdLimit } from "./crowd.ts";
import { makeDoor } from "./door.ts";
import { Handshake, tlsEvents, type Handshaking } from "./handshake.ts";
import { alpnBytes, type Opening, type Protocols } from "./protocols.ts";
import type { SecurePeers } from "./secure-peer.ts";
import { Introduction } from "./introduction.ts";

/** Native timers tick every 4 s; deadlines of whole seconds are kept well enough by a look this often. */
const SWEEP_MS = 100;

/** What clients have sent before the server stopped is in the kernel's hands or ours; to read it takes a turn or two. */
const LAST_READ_MS = 20;

export interface Acceptor {
  /** Accepts on the listeners of this front end, too. */
  accept(owner: number): void;
  /** Leaves them alone again. */
  leave(owner: number): void;
  /**
   * Stops accepting; connections close with their responses, and those without a request at once, or with `keepIdle` when
   * their time is over.
   */
  drain(keepIdle: boolean): void;
  /** Closes what has no request. */
  dismissIdle(): void;
  /** Connections that are open. */
  readonly count: number;
  /** Those of them with something in hand. */
  readonly busy: number;
}

export interface Accepting {
  /** How many connections may wait in the system to be accepted. */
  readonly backlog: number;
  readonly limit: CrowdLimit;
  readonly context: ConnectionContext;
  readonly protocols: Protocols;
  /** null when there is no listener for HTTPS. */
  readonly tls: SecurePeers | null;
  /** Greets those who come to the listener of the pages about the server. */
  welcomeAdmin(opening: Opening): Connection;
  /** A connection was made to a listener of the site. */
  accepted(): void;
  /** Peers whose connections begin with a PROXY header; null: nobody's do. */
  readonly balancers: AddressSet | null;
  /** One of them was dropped, because its header is missing or malformed. */
  misintroduced(peer: Peer, why: string): void;
  /** Called at each sweep, before the connections are looked at. */
  swept(nowMs: number): void;
  /** Something here threw while it served a connection: a bug, which costs that connection only. */
  failed(error: Error): void;
  /** Nobody is let in until somebody leaves. */
  crowded(): void;
  /** A TLS handshake came to nothing. */
  handshakeFailed(peer: Peer, why: string): void;
}

export function accept(handles: readonly ListenerHandle[], accepting: Accepting): Acceptor {
  const { backlog, balancers, context, limit, protocols, tls } = accepting;
  const connections = new Set<Connection>();
  const accepted = new Set<number>();
  let full = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  /** What happens on a socket once it has been let in. */
  const events: SocketHandler<Connection> = {
    data(socket, data) {
      socket.data.receive(data);
    },
    drain(socket) {
      socket.data.drain();
    },
    end(socket) {
      socket.data.ended();
    },
    close(socket) {
      connections.delete(socket.data);
      socket.data.lost();
      if (full) letIn();
    },
    error(socket, error) {
      accepting.failed(error);
      socket.terminate();
    },
  };
  const replace = (before: Connection, next: Connection): void => {
    connections.delete(before);
    connections.add(next);
  };
  const handshaking: Handshaking | null = tls && {
    peers: tls,
    protocols,
    alpn: alpnBytes(protocols.offered),
    limits: context.limits,
    clock: context.clock,
    events: tlsEvents(events, tls.keys),
    replaced: replace,
    failed: accepting.handshakeFailed,
    closed: context.closed,
  };

  function greet(socket: Socket<Connection>, peer: Peer): Connection {
    if (peer.secure && handshaking !== null) return new Handshake(handshaking, socket, peer);
    return protocols.begin({ socket, peer, alpn: null, sinceMs: context.clock.nowMs, clear: true }, replace);
  }

  /** First the balancer tells whose connection it is. */
  function introduce(socket: Socket<Connection>, balancer: Peer): Connection {
    const introduction = new Introduction(context, socket, balancer, {
      introduced(peer, rest) {
        socket.data = greet(socket, peer);
        replace(introduction, socket.data);
        if (rest.length > 0) socket.data.receive(rest);
      },
      refused: accepting.misintroduced,
    });
    return introduction;
  }

  /** Somebody comes in. */
  function welcome(socket: Socket<Connection>, peer: Peer, admin: boolean): Connection {
    if (admin) return accepting.welcomeAdmin({ socket, peer, alpn: null, sinceMs: context.clock.nowMs, clear: true });
    accepting.accepted();
    return balancers?.(peer.remoteAddress) ? introduce(socket, peer) : greet(socket, peer);
  }

  const doors = handles.map(({ fd, owner, path, secure, admin }) => {
    // All clients of a socket in the file system look the same.
    const local = path === null ? null : makeLocalPeer(path, secure);
    return makeDoor<Connection>(fd, owner, backlog, {
      ...events,
      open(socket: Socket<Connection>): void {
        if (timer === undefined) startSweeping();
        const peer = local ?? peerOf(socket, secure);
        const connection = welcome(socket, peer, admin);
        socket.data = connection;
        connections.add(connection);
        if (connections.size >= limit.most) makeRoom();
      },
    });
  });

  /** Nothing needs to be looked at while nobody is connected, and then the clock stands still. */
  function startSweeping(): void {
    context.clock.nowMs = Math.floor(performance.now());
    timer = setInterval(sweep, SWEEP_MS);
  }

  function sweep(): void {
    const nowMs = Math.floor(performance.now());
    context.clock.nowMs = nowMs;
    accepting.swept(nowMs);
    for (const connection of connections) connection.tick(nowMs);
    if (full) makeRoom();
    if (connections.size > 0 || full) return;
    clearInterval(timer);
    timer = undefined;
  }

  /** There are as many connections as there may be. */
  function makeRoom(): void {
    if (limit.idleGiveWay) {
      for (const connection of longestIdle(connections, dismissedAtOnce(limit.most))) connection.retire();
    }
    if (connections.size < limit.most) return letIn();
    if (full) return;
    full = true;
    accepting.crowded();
    for (const door of doors) door.shut();
  }

  function letIn(): void {
    if (connections.size >= limit.most || context.state.draining) return;
    // One that can't be opened for want of descriptors is tried again at the next sweep.
    const open = doors.filter(({ owner }) => owner === null || accepted.has(owner)).every((door) => door.open());
    full = !open;
  }

  return {
    get count() {
      return connections.size;
    },
    get busy() {
      let busy = 0;
      for (const { idleSinceMs } of connections) if (idleSinceMs === Infinity) busy++;
      return busy;
    },
    accept(owner) {
      accepted.add(owner);
      if (!full) letIn();
    },
    leave(owner) {
      accepted.delete(owner);
      for (const door of doors) if (door.owner === owner) door.shut();
    },
    drain(keepIdle) {
      context.state.draining = true;
      full = false;
      for (const door of doors) door.close();
      if (!keepIdle) setTimeout(() => this.dismissIdle(), LAST_READ_MS);
    },
    dismissIdle() {
      for (const connection of connections) connection.retire();
    },
  };
}

function peerOf(socket: Socket<Connection>, secure: boolean): Peer {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return makePeer(remoteAddress, remotePort, localAddress, localPort, secure);
}
