/** Accepts connections, no more than there is room for, and enforces every limit on time with one sweep over them. */

import type { Socket } from "bun";
import type { Connection } from "../http/connection.ts";
import { H1Connection } from "../http/h1/connection.ts";
import type { ConnectionContext } from "../http/h1/context.ts";
import { makePeer } from "../http/peer.ts";
import type { ListenerHandle } from "../control/frontend.ts";
import { dismissedAtOnce, longestIdle, type CrowdLimit } from "./crowd.ts";
import { makeDoor } from "./door.ts";

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
}

export interface Accepting {
  /** How many connections may wait in the system to be accepted. */
  readonly backlog: number;
  readonly limit: CrowdLimit;
  readonly context: ConnectionContext;
  /** Called at each sweep, before the connections are looked at. */
  swept(nowMs: number): void;
  /** Something here threw while it served a connection: a bug, which costs that connection only. */
  failed(error: Error): void;
  /** Nobody is let in until somebody leaves. */
  crowded(): void;
}

export function accept(handles: readonly ListenerHandle[], accepting: Accepting): Acceptor {
  const { backlog, context, limit } = accepting;
  const connections = new Set<Connection>();
  const accepted = new Set<number>();
  let full = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const doors = handles.map(({ fd, owner }) =>
    makeDoor<Connection>(fd, owner, backlog, {
      open(socket: Socket<Connection>): void {
        if (timer === undefined) startSweeping();
        const { remoteAddress, remotePort, localPort } = socket;
        const peer = makePeer(remoteAddress, remotePort, socket.localAddress, localPort, false);
        const connection = new H1Connection(context, socket, peer);
        socket.data = connection;
        connections.add(connection);
        if (connections.size >= limit.most) makeRoom();
      },
      data(socket: Socket<Connection>, data: Buffer): void {
        socket.data.receive(data);
      },
      drain(socket: Socket<Connection>): void {
        socket.data.drain();
      },
      end(socket: Socket<Connection>): void {
        socket.data.ended();
      },
      close(socket: Socket<Connection>): void {
        connections.delete(socket.data);
        socket.data.lost();
        if (full) letIn();
      },
      error(socket: Socket<Connection>, error: Error): void {
        accepting.failed(error);
        socket.terminate();
      },
    }),
  );

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
    const open = doors.filter(({ owner }) => accepted.has(owner)).every((door) => door.open());
    full = !open;
  }

  return {
    get count() {
      return connections.size;
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
