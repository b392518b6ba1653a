/** A client that sends exactly the bytes it is told to, for what a well-behaved HTTP client would never send. */

import type { ConnectionOptions } from "node:tls";
import { clientSocket } from "./socket.ts";
import { PATIENCE_MS } from "./until.ts";

/** When enough was received; text is latin-1, one character a byte. */
export type Enough = RegExp | ((received: string) => boolean);

export interface RawClient extends Disposable {
  send(bytes: string | Uint8Array): void;
  /** All that was received so far, as soon as it is `enough`; throws after `patienceMs` or at an early end. */
  read(enough: Enough, patienceMs?: number): Promise<string>;
  /** All that was received by the time the server closed or reset the connection. */
  readToEnd(patienceMs?: number): Promise<string>;
  received(): string;
  /** Sends FIN; receiving goes on. */
  end(): void;
  /** Sends RST and forgets the connection. */
  reset(): void;
  /** True once the server ended the connection by a reset instead of an orderly close. */
  wasReset(): boolean;
}

/**
 * Connects, with TLS when `tls` says how, or throws what the system or the handshake says. A `host` that begins with "/" is a
 * socket in the file system.
 */
export async function rawClient(port: number, host: string, tls?: ConnectionOptions): Promise<RawClient> {
  const { socket, opened } = clientSocket(port, host, tls);
  let received = "";
  let ended = false;
  let reset = false;
  let wake = Promise.withResolvers<void>();
  const stir = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  socket.on("data", (bytes: Buffer) => {
    received += bytes.toString("latin1");
    stir();
  });
  const finish = (): void => {
    ended = true;
    stir();
  };
  socket.on("end", finish);
  socket.on("close", finish);
  const connected = Promise.withResolvers<void>();
  socket.on(opened, connected.resolve);
  socket.on("error", (error: NodeJS.ErrnoException) => {
    reset = error.code === "ECONNRESET" || error.code === "EPIPE";
    connected.reject(error);
    finish();
  });
  await connected.promise;

  async function wait(done: () => boolean, what: string, patienceMs: number): Promise<string> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), patienceMs);
    try {
      while (!done()) {
        if (ended) throw new Error(`the server closed before ${what}, after sending:\n${received}`);
        if ((await Promise.race([wake.promise, late.promise])) === "late") {
          throw new Error(`waited ${patienceMs} ms in vain for ${what}; received so far:\n${received}`);
        }
      }
      return received;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    send: (bytes) => void socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes),
    read: (enough, patienceMs = PATIENCE_MS) =>
      wait(() => (enough instanceof RegExp ? enough.test(received) : enough(received)), `${enough}`, patienceMs),
    readToEnd: (patienceMs = PATIENCE_MS) => wait(() => ended, "the end of the connection", patienceMs),
    received: () => received,
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    wasReset: () => reset,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
