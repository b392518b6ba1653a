/**
 * The listening sockets, held open by the supervisor for as long as the server runs. Each front end has TCP sockets of its
 * own, over which the kernel spreads the clients, and inherits those of the others too, to stand in for one that is down.
 * Sockets of which there can be only one are shared: those in the file system, and those that the service manager opened.
 */

import { closeSync } from "node:fs";
import { closeOnExec, duplicate } from "../os/descriptors.ts";
import { listenBeside, listenOnHost, type ListeningSocket } from "../os/sockets.ts";
import { listenOnPath, removeSocketFile, type SocketFile } from "../os/unix-sockets.ts";
import type { ListenerHandle } from "../control/frontend.ts";
import type { ListenAddress, Listeners, Settings } from "../settings/settings.ts";
import { listenersFor, type Activated } from "./activation.ts";
import { StartupError } from "./startup-error.ts";

export interface OpenListeners {
  /** Descriptors in this process, in the order in which front ends inherit them from 3 on. */
  readonly fds: readonly number[];
  /** The same sockets as a front end knows them. */
  readonly handles: readonly ListenerHandle[];
  /** The real port, also when 0 was asked for. */
  readonly port: number;
  /** The real port of the pages about the server; null without --admin-port. */
  readonly adminPort: number | null;
  /** The settings, as if --host and --port had named the sockets of the service manager, if there are any. */
  readonly settings: Listeners;
  /** Copies of them for the program that this process becomes, and what tells it so. */
  bequeath(): string;
  /** The next program doesn't come after all. */
  disinherit(): void;
  /** Closes them here, and removes their files unless they are bequeathed; again, it does nothing. */
  close(): void;
}

export type ListenPlan = Pick<Settings, "listeners" | "frontEnds" | "identity" | "monitoring">;

// 0, 1 and 2 are its stdio.
export const FIRST_INHERITED_FD = 3;

/** One socket, in a form that can be written down. */
interface Owned {
  readonly fd: number;
  /** The front end that accepts on it; null is every one. */
  readonly owner: number | null;
  readonly secure: boolean;
  /** It is --admin-port. */
  readonly admin: boolean;
  /** null for one in the file system. */
  readonly port: number | null;
  readonly path: string | null;
  /** What is to be removed at the end. */
  readonly file: SocketFile | null;
}

interface Heirloom {
  /** What they were opened for: a program that is told to do something else opens its own. */
  readonly purpose: string;
  readonly sockets: readonly Owned[];
  readonly settings: Pick<Listeners, "addresses" | "port">;
}

/** Those of the service manager can't be opened again, whatever this program is told. */
const ACTIVATED = "activated";

/**
 * Binds what --host and --port name, or throws a {@link StartupError}. `inherited` are those of the program that this
 * process was before, `activated` those that the service manager has opened.
 */
export async function openListeners(
  plan: ListenPlan,
  activated: readonly Activated[],
  inherited?: string,
): Promise<OpenListeners> {
  const purpose = purposeOf(plan);
  const heirloom = (inherited && adopt(inherited, purpose)) || (await openAll(plan, purpose, activated));
  const owned = heirloom.sockets;
  // The real one, like the port, but for a socket in the file system.
  const securePort = owned.find(({ secure }) => secure)?.port ?? plan.listeners.httpsPort;
  const settings = { ...plan.listeners, ...heirloom.settings, httpsPort: securePort };
  let open = true;
  let bequeathed = false;
  const removeFiles = () => {
    for (const { file } of owned) if (file !== null) removeSocketFile(file);
  };
  return {
    fds: owned.map(({ fd }) => fd),
    handles: owned.map(({ admin, owner, path, port, secure }, index) => ({
      fd: FIRST_INHERITED_FD + index,
      owner,
      path,
      port: port ?? 0,
      secure,
      admin,
    })),
    port: owned.find(({ admin, port, secure }) => port !== null && !secure && !admin)?.port ?? settings.port,
    adminPort: owned.find(({ admin }) => admin)?.port ?? null,
    settings,
    bequeath() {
      bequeathed = true;
      const sockets = owned.map((socket) => ({ ...socket, fd: duplicate(socket.fd) ?? -1 }));
      return JSON.stringify({ ...heirloom, sockets } satisfies Heirloom);
    },
    disinherit: removeFiles,
    close() {
      if (open) for (const { fd } of owned) closeSync(fd);
      if (open && !bequeathed) removeFiles();
      open = false;
    },
  };
}

/** What sockets follow from. */
function purposeOf({ frontEnds, listeners, monitoring }: ListenPlan): string {
  const { addresses, httpsPort, port, socketMode } = listeners;
  const admin = monitoring.admin && [monitoring.admin.host, monitoring.admin.port];
  return JSON.stringify([addresses, port, httpsPort, socketMode, frontEnds.count, admin]);
}

/** The listeners of the program before; undefined, and closed, when they were opened for something else. */
function adopt(inherited: string, purpose: string): Heirloom | undefined {
  const heirloom = JSON.parse(inherited) as Heirloom;
  for (const { fd } of heirloom.sockets) closeOnExec(fd);
  if (heirloom.purpose === purpose || heirloom.purpose === ACTIVATED) return heirloom;
  for (const { fd, file } of heirloom.sockets) {
    closeSync(fd);
    if (file !== null) removeSocketFile(file);
  }
  return undefined;
}

async function openAll(plan: ListenPlan, purpose: string, activated: readonly Activated[]): Promise<Heirloom> {
  const settings = listenersFor(plan.listeners, activated);
  const owned: Owned[] = activated.map(shared);
  try {
    if (activated.length === 0) await bindAll(plan, owned);
    await bindAdmin(plan, owned);
    return { purpose: activated.length > 0 ? ACTIVATED : purpose, sockets: owned, settings };
  } catch (error) {
    for (const { fd, file } of owned) {
      closeSync(fd);
      if (file !== null) removeSocketFile(file);
    }
    throw error;
  }
}

function shared(socket: Activated): Owned {
  const { fd, secure } = socket;
  const place = socket.kind === "tcp" ? { port: socket.port, path: null } : { port: null, path: socket.path };
  return { fd, owner: null, secure, admin: false, ...place, file: null };
}

/** The plain ports first: the first of them is the one that the banner tells. */
async function bindAll({ listeners, frontEnds, identity }: ListenPlan, owned: Owned[]): Promise<void> {
  const { addresses, backlog, httpsPort, port, socketMode } = listeners;
  const hosts = addresses.flatMap((address) => ("host" in address ? [address.host] : []));
  await bindHosts(hosts, { port, secure: false, backlog, count: frontEnds.count }, owned);
  if (httpsPort !== null) {
    await bindHosts(hosts, { port: httpsPort, secure: true, backlog, count: frontEnds.count }, owned);
  }
  const access = { mode: socketMode, owner: identity.drop ? identity : null };
  for (const path of addresses.flatMap(pathIn)) {
    const { fd, file } = orThrow(listenOnPath(path, backlog, access));
    owned.push({ fd, owner: null, secure: false, admin: false, port: null, path, file });
  }
}

/** All front ends share it: who asks it comes now and then. */
async function bindAdmin({ listeners, monitoring }: ListenPlan, owned: Owned[]): Promise<void> {
  const { admin } = monitoring;
  if (admin === null) return;
  const how = { backlog: listeners.backlog, shared: false, option: "--admin-port" } as const;
  for (const { fd, port } of orThrow(await listenOnHost(admin.host, admin.port, how, []))) {
    owned.push({ fd, owner: null, secure: false, admin: true, port, path: null, file: null });
  }
}

interface Binding {
  readonly port: number;
  readonly secure: boolean;
  readonly backlog: number;
  /** Front ends. */
  readonly count: number;
}

/** One port of all addresses, once for each front end. */
async function bindHosts(hosts: readonly (string | null)[], binding: Binding, owned: Owned[]): Promise<void> {
  const { backlog, count, port, secure } = binding;
  const option = secure ? "--https-port" : "--port";
  const found: ListeningSocket[] = [];
  const keep = (socket: ListeningSocket, owner: number) =>
    owned.push({ fd: socket.fd, owner, secure, admin: false, port: socket.port, path: null, file: null });
  for (const host of hosts) {
    // With port 0 the first address chooses and the others follow.
    const chosen = found[0]?.port ?? port;
    const sockets = orThrow(await listenOnHost(host, chosen, { backlog, shared: count > 1, option }, found));
    for (const socket of sockets) keep(socket, 0);
    found.push(...sockets);
  }
  for (let owner = 1; owner < count; owner += 1) {
    for (const socket of found) keep(orThrow(listenBeside(socket, backlog)), owner);
  }
}

function pathIn(address: ListenAddress): readonly string[] {
  return "path" in address ? [address.path] : [];
}

function orThrow<Result extends object>(result: Result): Exclude<Result, { readonly problem: string }> {
  if ("problem" in result) throw new StartupError(String(result.problem));
  return result as Exclude<Result, { readonly problem: string }>;
}
