/** Keeps the connections to the workers that the supervisor names, and tells it when one has nothing of ours left. */

import type { Socket } from "bun";
import type { FromFrontEnd } from "../control/frontend.ts";
import type { WorkerPool } from "../handlers/wsgi/pool.ts";
import { WorkerLink, type LinkListener } from "../handlers/wsgi/worker-link.ts";
import type { Journal } from "./journal.ts";

export interface Workers {
  up(id: number, pid: number, socket: string): void;
  drain(id: number): void;
  down(id: number, why: string): void;
}

export function connectWorkers(pool: WorkerPool, journal: Journal, tell: (message: FromFrontEnd) => void): Workers {
  const links = new Map<number, WorkerLink>();

  const listener: LinkListener = {
    linkReady: () => pool.serve(),
    linkFreed: () => pool.serve(),
    linkReturned: (_link, call) => pool.resubmit(call),
    linkDrained: (link) => tell({ kind: "worker-drained", id: link.workerId }),
    linkLost: (link, why) => lose(link, why),
  };

  /** The supervisor says what became of a worker; until then, and if it says nothing, this has to do. */
  function lose(link: WorkerLink, why: string): void {
    if (links.get(link.workerId) !== link) return;
    links.delete(link.workerId);
    pool.remove(link);
    link.lost(`the worker (pid ${link.pid}) was lost: ${why}`);
  }

  async function connect(link: WorkerLink, path: string): Promise<void> {
    try {
      await Bun.connect<WorkerLink>({
        unix: path,
        socket: {
          open(socket: Socket<WorkerLink>): void {
            socket.data = link;
            link.attach(socket);
          },
          data(_socket: Socket<WorkerLink>, data: Buffer): void {
            link.receive(data);
          },
          drain(): void {
            link.writable();
          },
          close(): void {
            lose(link, "its connection ended");
          },
          error(_socket: Socket<WorkerLink>, error: Error): void {
            journal.error("crit", `a bug in the front end cost the link to a worker: ${error.stack ?? error.message}`);
            lose(link, "the front end failed to understand it");
          },
        },
      });
      if (links.get(link.workerId) === link) pool.add(link);
    } catch (error) {
      journal.error("error", `worker (pid ${link.pid}): connecting to ${path} failed: ${String(error)}`);
      lose(link, "it could not be connected to");
    }
  }

  return {
    up(id, pid, socket) {
      const link = new WorkerLink(id, pid, listener);
      links.set(id, link);
      void connect(link, socket);
    },
    drain(id) {
      const link = links.get(id);
      if (link === undefined || link.drained) tell({ kind: "worker-drained", id });
      else link.drain();
    },
    down(id, why) {
      const link = links.get(id);
      if (link !== undefined) lose(link, why);
    },
  };
}
