/** Stands between a client and the server, and meddles with what the client sends. */

import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Relay extends Disposable {
  readonly port: number;
  /** Sends the server something that the client of the last connection has not sent. */
  inject(bytes: Uint8Array): void;
}

/** Passes on what comes; the first bytes of a connection by way of `pass`. */
export async function relay(
  port: number,
  host: string,
  pass: (server: Socket, first: Buffer) => Promise<void> = async (server, first) => void server.write(first),
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let last: Socket | undefined;
  const listener = createServer((client) => {
    const server = connect({ port, host, noDelay: true });
    last = server;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => other.destroy());
    }
    server.on("data", (bytes) => void client.write(bytes));
    let passed: Promise<void> | undefined;
    client.on("data", (bytes: Buffer) => {
      passed = passed === undefined ? pass(server, bytes) : passed.then(() => void server.write(bytes));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    inject: (bytes) => void last?.write(bytes),
    [Symbol.dispose]: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Each byte of the first in a packet of its own. */
export async function drip(server: Socket, first: Buffer): Promise<void> {
  for (let at = 0; at < first.length; at++) {
    server.write(first.subarray(at, at + 1));
    // A turn of the loop each, so that no two leave together.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
