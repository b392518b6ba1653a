/** One listening socket of this process: clients come in while it is open, and wait in the system while it is shut. */

import { closeSync } from "node:fs";
import { duplicate } from "../os/descriptors.ts";
import { setBacklog } from "../os/sockets.ts";

export interface Door {
  /** Number of the front end whose door it is; null for one that all of them use. */
  readonly owner: number | null;
  readonly isOpen: boolean;
  /** Accepts; false when that takes a descriptor more than there are. */
  open(): boolean;
  /** Accepts no more. Nobody who is queued is lost. */
  shut(): void;
  /** Shuts, and gives the socket up. */
  close(): void;
}

/** The door to the listening socket `fd`, shut at first. `handler` gets those who come in. */
export function makeDoor<Data>(
  fd: number,
  owner: number | null,
  backlog: number,
  handler: Bun.SocketHandler<Data>,
): Door {
  let listener: Bun.TCPSocketListener<Data> | undefined;
  let closed = false;

  function listenOptions(descriptor: number): Bun.TCPSocketListenOptions<Data> {
    // Clients that shut down their half after the request (`nc -N`) still want the answer.
    const options = { allowHalfOpen: true, socket: handler };
    // `fd` is missing from the types: Bun accepts on a listening descriptor that was inherited.
    return { ...options, fd: descriptor } as unknown as Bun.TCPSocketListenOptions<Data>;
  }

  return {
    owner,
    get isOpen() {
      return listener !== undefined;
    },
    open() {
      if (closed || listener !== undefined) return true;
      // A listener of Bun's can only be stopped, which closes its descriptor: it gets a copy.
      const copy = duplicate(fd);
      if (copy === undefined) return false;
      listener = Bun.listen<Data>(listenOptions(copy));
      // Bun has set the 512 that it always takes.
      setBacklog(fd, backlog);
      return true;
    },
    shut() {
      listener?.stop(false);
      listener = undefined;
    },
    close() {
      if (closed) return;
      closed = true;
      this.shut();
      closeSync(fd);
    },
  };
}
