/** Single messages to a UNIX socket. Bun has no sockets for datagrams there. */

import { ptr } from "bun:ffi";
import { closeSync } from "node:fs";
import { failed, type OsFailure } from "./errors.ts";
import { libc } from "./libc.ts";
import { AF_UNIX, encodePath } from "./sockaddr.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK } from "./sockets.ts";

const SOCK_DGRAM = 2;
const MSG_NOSIGNAL = 0x4000;

/** Sends `text` to the socket at `path` ("@name" is an abstract one), and never waits. */
export function sendDatagram(path: string, text: string): OsFailure | undefined {
  const c = libc();
  const fd = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("socket");
  const bytes = Buffer.from(text);
  const name = encodePath(path);
  const sent = c.sendto(fd, ptr(bytes), bytes.length, MSG_NOSIGNAL, ptr(name), name.length);
  const failure = Number(sent) < 0 ? failed("sendto") : undefined;
  closeSync(fd);
  return failure;
}
