/** Keeps the connections to the workers that the supervisor names, and tells it when one has nothing of ours left. */

import type { Socket } from "bun";
import type { FromFrontEnd, PoolName, ToFrontEnd } from "../control/frontend.ts";
import type { WorkerPool } from "../handlers/wsgi/pool.ts";
import { WorkerLink, type LinkListener } from "../handlers/wsgi/worker-link.ts";
import type { Journal } from "./journal.ts";

export interface Workers {
  up(worker: Extract<ToFrontEnd, { kind: "worker-up" }>): void;
  /** It has its application at last. */
  loaded(id: number): void;
  drain(id: number): void;
  /** `overdueMs`: it was ended for what it had for so long; null when for nothing of the kind. */
  down(id: number, why: string, overdueMs: number | null): void;
}

// The supervisor knows why a worker has died within a fraction of this. When it says nothing, the worker still lives, and
// is of no use to us.
const NEWS_MS = 2000;

// How much younger than the supervisor says a request may be: both know its age to some ten milliseconds, and it was in
// our hands first.
const AGE_TOLERANCE_MS = 100;

interface Member {
  readonly link: WorkerLink;
  readonly pool: WorkerPool;
}

export function connectWorkers(
  pools: Readonly<Record<PoolName, WorkerPool>>,
  journal: Journal,
  clock: { readonly nowMs: number },
  tell: (message: FromFrontEnd) => void,
): Workers {
  const members = new Map<number, Member>();
  const news = new Map<WorkerLink, ReturnType<typeof setTimeout>>();

  const listenerFor = (pool: WorkerPool): LinkListener => ({
    linkReady: () => pool.serve(),
    linkFreed: () => pool.serve(),
    linkReturned: (_link, call) => pool.resubmit(call),
    linkDrained: (link) => tell({ kind: "worker-drained", id: link.workerId }),
    linkLost: (link, why) => lose(link, why),
  });

  /** The supervisor says what became of a worker; until then its calls wait, as they may be given to another. */
  function lose(link: WorkerLink, why: string): void {
    const member = members.get(link.workerId);
    if (member?.link !== link || news.has(link)) return;
    member.pool.remove(link);
    link.ended();
    const unheard = () => {
      tell({ kind: "worker-lost", id: link.workerId, why });
      bury(member, why, null);
    };
    news.set(link, setTimeout(unheard, NEWS_MS));
  }

  /** Nothing comes of a worker any more. */
  function bury({ link, pool }: Member, why: string, overdueMs: number | null): void {
    clearTimeout(news.get(link));
    news.delete(link);
    members.delete(link.workerId);
    pool.remove(link);
    const overdue = overdueMs === null ? Infinity : overdueMs - AGE_TOLERANCE_MS;
    link.lost(`the worker (pid ${link.pid}) was lost: ${why}`, clock.nowMs, (agedMs) =>
      agedMs >= overdue ? 504 : 502,
    );
  }

  async function connect({ link, pool }: Member, path: string): Promise<void> {
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
      if (members.get(link.workerId)?.link === link) pool.add(link);
    } catch (error) {
      journal.error("error", `worker (pid ${link.pid}): connecting to ${path} failed: ${String(error)}`);
      lose(link, "it could not be connected to");
    }
  }

  return {
    up({ id, loaded, pid, pool: name, socket }) {
      const pool = pools[name];
      const member = { link: new WorkerLink(id, pid, listenerFor(pool), clock), pool };
      member.link.loaded = loaded;
      members.set(id, member);
      void connect(member, socket);
    },
    loaded(id) {
      const member = members.get(id);
      if (member === undefined) return;
      member.link.loaded = true;
      member.pool.serve();
    },
    drain(id) {
      const link = members.get(id)?.link;
      if (link === undefined || link.drained) tell({ kind: "worker-drained", id });
      else link.drain();
    },
    down(id, why, overdueMs) {
      const member = members.get(id);
      if (member !== undefined) bury(member, why, overdueMs);
    },
  };
}
