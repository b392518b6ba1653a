/**
 * Sockets that the service manager has opened (systemd.socket, sd_listen_fds(3)): they then are the ones that are listened
 * on, in the place of --host and --port. They belong to the manager, who keeps them open when this server ends.
 */

import { closeOnExec, neverBlock } from "../os/descriptors.ts";
import { socketFacts, type SocketFacts } from "../os/socket-facts.ts";
import type { Listeners } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

/** What tells of them. They are for one process, and no child of it. */
export const ACTIVATION_VARIABLES = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] as const;

const FIRST_FD = 3;

/** Given to a socket as FileDescriptorName=, it makes it one for HTTPS. */
const HTTPS_NAME = "https";

export type Activated = { readonly fd: number; readonly secure: boolean } & Extract<
  SocketFacts,
  { kind: "tcp" | "unix" }
>;

/** The sockets that were handed to this process; none when it wasn't started by one. Throws a {@link StartupError}. */
export function activatedSockets(
  environment: Readonly<Record<string, string | undefined>>,
  { httpsPort }: Pick<Listeners, "httpsPort">,
): readonly Activated[] {
  const { LISTEN_PID: pid, LISTEN_FDS: count = "", LISTEN_FDNAMES: names = "" } = environment;
  // What a parent was given is inherited by its children with its process id.
  if (pid !== String(process.pid)) return [];
  if (!/^\d{1,4}$/.test(count)) throw new StartupError(`LISTEN_FDS=${count} is no number of sockets`);
  const name = names.split(":");
  const sockets = Array.from({ length: Number(count) }, (_, index) => {
    const fd = FIRST_FD + index;
    closeOnExec(fd);
    return understood(fd, name[index] ?? "", httpsPort);
  });
  if (httpsPort !== null && sockets.length > 0 && !sockets.some(({ secure }) => secure)) {
    throw new StartupError(
      `--https-port ${httpsPort}: the service manager has opened no socket for it\n` +
        `  add one to the socket unit with ListenStream=${httpsPort}, or with FileDescriptorName=${HTTPS_NAME}`,
    );
  }
  return sockets;
}

/** The settings as if --host and --port had named these sockets: what the banner and applications are told. */
export function listenersFor(
  listeners: Listeners,
  activated: readonly Activated[],
): Pick<Listeners, "addresses" | "port"> {
  const plain = activated.filter(({ secure }) => !secure);
  const addresses = plain.map((socket) =>
    socket.kind === "unix" ? { path: socket.path } : { host: socket.address === "::" ? null : socket.address },
  );
  if (addresses.length === 0) return { addresses: listeners.addresses, port: listeners.port };
  const port = plain.flatMap((socket) => (socket.kind === "tcp" ? [socket.port] : []))[0] ?? listeners.port;
  return { addresses, port };
}

/** What a socket is; throws when it is nothing to listen on. */
function understood(fd: number, name: string, httpsPort: number | null): Activated {
  const facts = socketFacts(fd);
  const which = `the service manager's socket ${fd}${name === "" ? "" : ` (${name})`}`;
  const advice = "a socket unit for this server has ListenStream= lines and Accept=no";
  const refuse = (why: string) => new StartupError(`${which} ${why}\n  ${advice}`);
  if ("code" in facts) throw refuse(`is no socket (${facts.code})`);
  if (facts.kind === "other") throw refuse("is neither TCP nor UNIX");
  if (!facts.stream) throw refuse("is not a stream socket");
  if (!facts.listens) throw refuse("does not listen: it is the connection of one client");
  const secure = name === HTTPS_NAME || (facts.kind === "tcp" && facts.port === httpsPort);
  if (secure && httpsPort === null) {
    throw new StartupError(
      `${which} is for HTTPS, but nothing says how\n  give --https-port with a certificate and a key`,
    );
  }
  // All front ends accept on it, and whoever comes second must not wait for the next client.
  neverBlock(fd);
  return { fd, secure, ...facts };
}
