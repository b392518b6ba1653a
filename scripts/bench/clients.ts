/** Raw HTTP clients for big bodies: they keep at most a block, so that what piles up does so in the server. */

import type { Socket } from "bun";
import { belongs, piece } from "./pattern.ts";

// The peers took up to 8 s for 1 GiB; two minutes is a server that has stopped.
const patienceMs = 120_000;
const headLimit = 65_536;

/** PUT `total` bytes to /up. Resolves with null when the application confirms them, else with what went wrong. */
export async function upload(port: number, total: number): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  let sent = 0;
  let reply = "";
  const pump = (socket: Socket): void => {
    while (sent < total) {
      const block = piece(sent, total - sent);
      const taken = socket.write(block);
      sent += Math.max(0, taken);
      // The kernel's buffer is full (or the connection over): `drain` (or `close`) is next.
      if (taken < block.length) return;
    }
  };
  await connect(port, resolve, {
    open: (socket) => {
      socket.write(request("PUT", "/up", port, [`Content-Length: ${total}`]));
      pump(socket);
    },
    drain: pump,
    data: (_, bytes) => {
      if (reply.length < headLimit) reply += Buffer.from(bytes).toString("latin1");
    },
    close: () => {
      const right = /^HTTP\/1\.[01] 200 /.test(reply) && reply.includes(`${total} bytes`);
      resolve(right ? null : new Error(`after ${sent} bytes the answer was: ${reply.slice(0, 400)}`));
    },
  });
  return promise;
}

/** GET `total` bytes from /down. Resolves with null when exactly the right ones came, else with what went wrong. */
export async function download(port: number, total: number): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  const body = bodyReader();
  await connect(port, resolve, {
    open: (socket) => void socket.write(request("GET", `/down?${total}`, port, [])),
    data: (socket, bytes) => {
      const wrong = body.take(bytes);
      if (wrong === null && body.received() < total) return;
      resolve(wrong ?? (body.received() === total ? null : new Error(`${body.received() - total} bytes too many`)));
      socket.terminate();
    },
    close: () => resolve(new Error(`the connection was closed after ${body.received()} of ${total} bytes`)),
  });
  return promise;
}

/** GET `total` bytes from /down, stop reading when the first have come, and stay for `holdMs`. */
export async function stall(port: number, total: number, holdMs: number): Promise<Error | null> {
  const { promise, resolve } = Promise.withResolvers<Error | null>();
  const body = bodyReader();
  await connect(port, resolve, {
    open: (socket) => void socket.write(request("GET", `/down?${total}`, port, [])),
    data: (socket, bytes) => {
      socket.pause();
      const wrong = body.take(bytes);
      if (wrong !== null) resolve(wrong);
      setTimeout(() => {
        resolve(null);
        socket.terminate();
      }, holdMs);
    },
    close: () => resolve(new Error("the server closed the connection of a client that had stopped reading")),
  });
  return promise;
}

interface Handlers {
  readonly open: (socket: Socket) => void;
  readonly data: (socket: Socket, bytes: Uint8Array) => void;
  readonly drain?: (socket: Socket) => void;
  readonly close: () => void;
}

async function connect(port: number, resolve: (outcome: Error) => void, handlers: Handlers): Promise<void> {
  try {
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: { ...handlers, error: (_, problem) => resolve(problem) },
    });
    setTimeout(() => {
      resolve(new Error(`not done after ${patienceMs / 1000} s`));
      socket.terminate();
    }, patienceMs).unref();
  } catch (problem) {
    resolve(problem instanceof Error ? problem : new Error(String(problem)));
  }
}

function request(method: string, target: string, port: number, fields: readonly string[]): string {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, "Connection: close", ...fields];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Takes a response as it comes: the head is kept until it is whole, of the body only the count. */
function bodyReader(): { take: (bytes: Uint8Array) => Error | null; received: () => number } {
  let head = "";
  let inBody = false;
  let received = 0;
  const takeBody = (bytes: Uint8Array): Error | null => {
    if (!belongs(bytes, received)) return new Error(`wrong bytes between ${received} and ${received + bytes.length}`);
    received += bytes.length;
    return null;
  };
  const take = (bytes: Uint8Array): Error | null => {
    if (inBody) return takeBody(bytes);
    const before = head.length;
    head += Buffer.from(bytes).toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return head.length < headLimit ? null : new Error("the head of the response does not end");
    inBody = true;
    if (!/^HTTP\/1\.[01] 200 /.test(head)) return new Error(`the answer was: ${head.slice(0, 400)}`);
    if (/^transfer-encoding:/im.test(head.slice(0, end)))
      return new Error("the body came in chunks despite its length");
    return takeBody(bytes.subarray(end + 4 - before));
  };
  return { take, received: () => received };
}
