/** The listening sockets, held open by the supervisor for as long as the server runs. */

import { closeSync } from "node:fs";
import { listenOnHost } from "../os/sockets.ts";
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
  /** Closes them here; again, it does nothing. */
  close(): void;
}

// 0, 1 and 2 are its stdio.
const FIRST_INHERITED_FD = 3;

/** Binds what --host and --port name, or throws a {@link StartupError}. */
export async function openListeners({ host, port, backlog }: Listeners): Promise<OpenListeners> {
  const sockets = await listenOnHost(host, port, backlog);
  if ("problem" in sockets) throw new StartupError(sockets.problem);
  let open = true;
  return {
    fds: sockets.map(({ fd }) => fd),
    handles: sockets.map((socket, index) => ({
      fd: FIRST_INHERITED_FD + index,
      host: host ?? "",
      port: socket.port,
    })),
    port: sockets[0]?.port ?? port,
    close() {
      if (open) for (const { fd } of sockets) closeSync(fd);
      open = false;
    },
  };
}
