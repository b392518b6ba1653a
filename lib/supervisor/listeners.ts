/**
 * The listening sockets, held open by the supervisor for as long as the server runs. Each front end has sockets of its
 * own, over which the kernel spreads the clients, and inherits those of the others too, to stand in for one that is down.
 */

import { closeSync } from "node:fs";
import { closeOnExec, duplicate } from "../os/descriptors.ts";
import { listenBeside, listenOnHost, type ListeningSocket } from "../os/sockets.ts";
import type { ListenerHandle } from "../control/frontend.ts";
import type { Listeners } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

export interface OpenListeners {
  /** Descriptors in this process, in the order in which front ends inherit them from 3 on. */
  readonly fds: readonly number[];
  /** The same sockets as a front end knows them. */
  readonly handles: readonly ListenerHandle[];
  /** The real port, also when 0 was asked for. */
  readonly port: number;
  /** The same of the HTTPS port; null when there is none. */
  readonly httpsPort: number | null;
  /** Copies of them for the program that this process becomes, and what tells it so. */
  bequeath(): string;
  /** Closes them here; again, it does nothing. */
  close(): void;
}

// 0, 1 and 2 are its stdio.
const FIRST_INHERITED_FD = 3;

interface Owned extends ListeningSocket {
  readonly owner: number;
  readonly secure: boolean;
}

/** One thing to listen on. */
interface Endpoint {
  readonly host: string | null;
  readonly port: number;
  readonly secure: boolean;
}

/** The plain port first: the one that the banner tells. */
function endpointsOf({ host, port, httpsPort }: Listeners): readonly Endpoint[] {
  const plain = { host, port, secure: false };
  return httpsPort === null ? [plain] : [plain, { host, port: httpsPort, secure: true }];
}

/**
 * Binds what --host and --port name, once for each front end, or throws a {@link StartupError}. `inherited` are those of
 * the program that this process was before.
 */
export async function openListeners(
  settings: Listeners,
  frontEnds: number,
  inherited?: string,
): Promise<OpenListeners> {
  const owned = (inherited && adopt(inherited, frontEnds)) || (await bindAll(settings, frontEnds));
  let open = true;
  return {
    fds: owned.map(({ fd }) => fd),
    handles: owned.map((socket, index) => ({
      fd: FIRST_INHERITED_FD + index,
      owner: socket.owner,
      host: settings.host ?? "",
      port: socket.port,
      secure: socket.secure,
    })),
    port: owned[0]?.port ?? settings.port,
    httpsPort: owned.find(({ secure }) => secure)?.port ?? null,
    bequeath: () => JSON.stringify(owned.map((socket) => ({ ...socket, fd: duplicate(socket.fd) }))),
    close() {
      if (open) for (const { fd } of owned) closeSync(fd);
      open = false;
    },
  };
}

/** The listeners of the program before; undefined, and closed, when there is another number of front ends now. */
function adopt(inherited: string, frontEnds: number): readonly Owned[] | undefined {
  const sockets = JSON.parse(inherited) as readonly Owned[];
  for (const { fd } of sockets) closeOnExec(fd);
  if (sockets.at(-1)?.owner === frontEnds - 1) return sockets;
  for (const { fd } of sockets) closeSync(fd);
  return undefined;
}

async function bindAll(settings: Listeners, frontEnds: number): Promise<readonly Owned[]> {
  const owned: Owned[] = [];
  for (const endpoint of endpointsOf(settings)) owned.push(...(await bind(endpoint, settings.backlog, frontEnds)));
  // The last front end's sockets last, see adopt.
  return owned.toSorted((one, other) => one.owner - other.owner);
}

async function bind({ host, port, secure }: Endpoint, backlog: number, frontEnds: number): Promise<readonly Owned[]> {
  const first = await listenOnHost(host, port, backlog, frontEnds > 1);
  if ("problem" in first) throw new StartupError(first.problem);
  const owned: Owned[] = first.map((socket) => ({ ...socket, owner: 0, secure }));
  for (let owner = 1; owner < frontEnds; owner += 1) {
    for (const socket of first) {
      const another = listenBeside(socket, backlog);
      if ("problem" in another) throw new StartupError(another.problem);
      owned.push({ ...another, owner, secure });
    }
  }
  return owned;
}
