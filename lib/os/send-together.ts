/** A head and what follows it to a socket, in one go and from where they are: sendmsg(2), or sendfile(2) behind MSG_MORE. */

import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";
import { sendFile } from "./sendfile.ts";

const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_MORE = 0x8000;

// struct iovec twice, and the struct msghdr that has them. The process has one thread.
const pieces = new BigUint64Array(4);
const message = new BigUint64Array(7);
message[2] = BigInt(ptr(pieces));
message[3] = 2n;
const messageAddress = ptr(message);

/** @returns how many bytes the socket took: 0 when it took none, or is broken, which the next to use it will hear */
export function sendBoth(socket: number, head: Uint8Array, body: Uint8Array): number {
  pieces[0] = BigInt(ptr(head));
  pieces[1] = BigInt(head.length);
  pieces[2] = BigInt(ptr(body));
  pieces[3] = BigInt(body.length);
  return Math.max(0, Number(libc().sendmsg(socket, messageAddress, MSG_DONTWAIT | MSG_NOSIGNAL)));
}

/** The same with the first `length` bytes of the file `fd` as the body, which the kernel sends by itself. */
export function sendWithFile(socket: number, head: Uint8Array, fd: number, length: number): number {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE;
  const sent = Math.max(0, Number(libc().sendto(socket, ptr(head), head.length, flags, null, 0)));
  if (sent < head.length) return sent;
  const more = sendFile(socket, fd, 0, length);
  return typeof more === "number" ? sent + more : sent;
}
