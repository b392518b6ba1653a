/** Servers to be a proxy for: one that answers with exactly the bytes a test gives, and the options that lead to it. */

import { createServer, type Server as NetServer, type Socket } from "node:net";
import { start, type Options, type Server } from "../../harness/server.ts";

export interface Upstream extends Disposable {
  readonly port: number;
  readonly url: string;
  /** Heads of requests so far, in the order in which they came. */
  heads(): readonly string[];
  /** Connections so far. */
  accepted(): number;
  /** How connections ended, so far. */
  ends(): readonly ("closed" | "reset")[];
}

/** Answers a request; what follows its head is read from the socket. */
export type Answer = (head: string, socket: Socket, rest: Buffer) => void;

/** Listens on a free port of 127.0.0.1, or at `place`: a port, or the path of a UNIX socket. */
export async function upstream(answer: Answer, place: number | string = 0): Promise<Upstream> {
  const heads: string[] = [];
  const ends: ("closed" | "reset")[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: NetServer = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    accepted++;
    sockets.add(socket);
    let received = Buffer.alloc(0);
    let switched = false;
    const read = (bytes: Buffer): void => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = received.toString("latin1", 0, end);
      const rest = received.subarray(end + 4);
      received = Buffer.alloc(0);
      heads.push(head);
      switched = /\r\nupgrade/i.test(head);
      // Whoever wants to see a body takes over, and has no other request follow.
      if (/\r\n(content-length: [1-9]|transfer-encoding|upgrade)/i.test(head)) socket.off("data", read);
      answer(head, socket, rest);
    };
    socket.on("data", read);
    socket.on("end", () => {
      ends.push("closed");
      // Whoever has changed the protocol ends it, too.
      if (!switched) socket.end();
    });
    socket.on("error", () => void ends.push("reset"));
    socket.on("close", () => sockets.delete(socket));
  });
  const listening = Promise.withResolvers<void>();
  if (typeof place === "string") server.listen(place, listening.resolve);
  else server.listen(place, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    heads: () => heads,
    accepted: () => accepted,
    ends: () => ends,
    [Symbol.dispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A response of a body in memory. */
export function response(body: string, fields: readonly string[] = [], status = "200 OK"): string {
  return [`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${body.length}`, "", body].join("\r\n");
}

/** The first word behind the method: what was asked for. */
export function targetOf(head: string): string {
  return head.split(" ", 2)[1] ?? "";
}

/** A site without an application: the start of Python is not what these tests wait for. */
export async function proxy(args: readonly string[], options: Options = {}): Promise<Server> {
  return await start(null, ["--application-type=static", ...args], { until: "banner", ...options });
}
