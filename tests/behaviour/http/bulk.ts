/** Clients of bodies that are too large to be kept, and clients that are slow on purpose. */

import type { ConnectionOptions } from "node:tls";
import type { Server } from "../../harness/server.ts";
import { clientSocket } from "../../harness/socket.ts";
import { until } from "../../harness/until.ts";

export interface BulkClient extends Disposable {
  /** Bytes the system has taken from us. */
  sent(): number;
  /** Bytes read so far. */
  received(): number;
  /** The last bytes read, latin-1. */
  tail(): string;
  /** Sends at the pace of the server. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Reads what comes, from now on. Without it nothing is read. */
  read(): void;
  /** Whether {@link ended} has been resolved. */
  isOver(): boolean;
  /** Resolves when the server has ended the connection; true when it was a reset. */
  readonly ended: Promise<boolean>;
}

const TAIL_BYTES = 64;

/** Sent in blocks of this size, so that it shows how much has left. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Connects, with TLS when `tls` says how. What the server sends stays in the system's buffers until {@link BulkClient.read}.
 */
export async function bulkClient(server: Pick<Server, "host" | "port">, tls?: ConnectionOptions): Promise<BulkClient> {
  const host = server.host.replace(/^\[(.*)\]$/, "$1");
  const { socket, opened } = clientSocket(server.port, host, tls);
  socket.pause();
  let sent = 0;
  let received = 0;
  let tail = "";
  let over = false;
  const isOver = (): boolean => over;
  const connected = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<boolean>();
  socket.on(opened, connected.resolve);
  socket.on("end", () => ended.resolve(false));
  socket.on("close", () => ended.resolve(false));
  socket.on("error", (error: NodeJS.ErrnoException) => {
    connected.reject(error);
    ended.resolve(error.code === "ECONNRESET" || error.code === "EPIPE");
  });
  await connected.promise;
  void ended.promise.then(() => (over = true));
  return {
    sent: () => sent,
    received: () => received,
    tail: () => tail,
    async send(bytes) {
      const all = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
      for (let at = 0; at < all.length && !isOver(); at += BLOCK_BYTES) {
        const block = all.subarray(at, at + BLOCK_BYTES);
        const taken = Promise.withResolvers<void>();
        socket.write(block, () => taken.resolve());
        await Promise.race([taken.promise, ended.promise]);
        sent += block.length;
      }
    },
    read() {
      socket.on("data", (bytes: Buffer) => {
        received += bytes.length;
        tail = (tail + bytes.toString("latin1", Math.max(0, bytes.length - TAIL_BYTES))).slice(-TAIL_BYTES);
      });
      socket.resume();
    },
    isOver,
    ended: ended.promise,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Enough requests of somebody else in between for anything that can go on to have gone on. */
const LOOKS = 100;

/** Resolves with the value that a growing number has come to rest at, as the server answers others. */
export async function settled(server: Server, what: string, value: () => number): Promise<number> {
  let last = value();
  let looks = 0;
  await until(`${what} to settle`, async () => {
    await server.text("/echo/");
    const now = value();
    looks = now === last && now > 0 ? looks + 1 : 0;
    last = now;
    return looks === LOOKS;
  });
  return last;
}
