/** What a socket is that somebody else has made. */

import { ptr } from "bun:ffi";
import { failed, type OsFailure } from "./errors.ts";
import { libc } from "./libc.ts";
import { ADDRESS_BYTES, addressOf, AF_INET, AF_INET6, AF_UNIX, familyOf, pathOf, portOf } from "./sockaddr.ts";
import { SOCK_STREAM } from "./sockets.ts";

const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_ACCEPTCONN = 30;

export type SocketFacts = { readonly stream: boolean; readonly listens: boolean } & (
  | {
      readonly kind: "tcp";
      readonly family: typeof AF_INET | typeof AF_INET6;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "other" }
);

/** Asks the system about a descriptor; a failure when it is no socket. */
export function socketFacts(fd: number): SocketFacts | OsFailure {
  const name = new Uint8Array(ADDRESS_BYTES);
  const length = new Uint32Array([name.length]);
  if (libc().getsockname(fd, ptr(name), ptr(length)) < 0) return failed("getsockname");
  const common = { stream: option(fd, SO_TYPE) === SOCK_STREAM, listens: option(fd, SO_ACCEPTCONN) === 1 };
  const family = familyOf(name);
  if (family === AF_UNIX) return { ...common, kind: "unix", path: pathOf(name, length[0] ?? 0) };
  if (family !== AF_INET && family !== AF_INET6) return { ...common, kind: "other" };
  return { ...common, kind: "tcp", family, address: addressOf(name), port: portOf(name) };
}

function option(fd: number, name: number): number | undefined {
  const value = new Int32Array(1);
  const length = new Uint32Array([value.byteLength]);
  return libc().getsockopt(fd, SOL_SOCKET, name, ptr(value), ptr(length)) < 0 ? undefined : value[0];
}
