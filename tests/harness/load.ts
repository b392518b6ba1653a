/** Clients that keep asking over kept-alive connections until told to stop, and remember what became of each request. */

import { connect, type Socket } from "node:net";

/** A status whose body came whole; else how the answer was lost. */
export type Outcome =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  /** The connection ended before the answer was complete. */
  | { readonly kind: "cut"; readonly how: string; readonly received: string }
  /** No connection could be made. */
  | { readonly kind: "refused"; readonly how: string };

export interface Asked {
  /** Different for each request of a load. */
  readonly target: string;
  readonly outcome: Outcome;
}

export interface Load {
  /** How many requests have had their outcome so far. */
  readonly count: number;
  /** Lets each client finish its last request. */
  stop(): Promise<readonly Asked[]>;
}

/** Starts `clients` that ask for `/1`, `/2` and so on. A client whose connection is lost makes a new one. */
export function load(port: number, clients: number): Load {
  const asked: Asked[] = [];
  let next = 1;
  // An object, because the clients look at it between their awaits.
  const state = { stopping: false };

  async function client(): Promise<void> {
    let socket: Socket | null = null;
    while (!state.stopping) {
      socket ??= await open(port).catch((error: unknown) => {
        asked.push({ target: "", outcome: { kind: "refused", how: String(error) } });
        return null;
      });
      // A server that refuses connections would keep this loop, and so the whole process, busy.
      if (socket === null) await new Promise((resolve) => setImmediate(resolve));
      if (socket === null) continue;
      const target = `/${next++}`;
      const { outcome, kept } = await ask(socket, target);
      asked.push({ target, outcome });
      if (!kept) socket.destroy();
      if (!kept) socket = null;
    }
    socket?.destroy();
  }

  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    get count() {
      return asked.length;
    },
    async stop() {
      state.stopping = true;
      await running;
      return asked;
    },
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("connect", () => {
      socket.removeAllListeners();
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** One request and its answer; `kept` when another may follow on the connection. */
function ask(socket: Socket, target: string): Promise<{ outcome: Outcome; kept: boolean }> {
  return new Promise((resolve) => {
    let received = "";
    const finish = (outcome: Outcome, kept: boolean): void => {
      socket.removeAllListeners();
      // Whatever comes later is no longer waited for.
      socket.on("error", () => undefined);
      resolve({ outcome, kept });
    };
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      const answer = complete(received);
      if (answer !== null) finish({ kind: "answered", ...answer }, !/^connection: close\r$/im.test(received));
    });
    socket.on("error", (error) => finish({ kind: "cut", how: error.message, received }, false));
    socket.on("close", () => finish({ kind: "cut", how: "closed", received }, false));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  });
}

/** The answer in `received` once it is whole; every answer here says how long it is. */
function complete(received: string): { status: number; body: string } | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return null;
  const length = Number(/^content-length: (\d+)\r$/im.exec(received.slice(0, headEnd + 2))?.[1] ?? Number.NaN);
  const body = received.slice(headEnd + 4);
  return body.length < length || Number.isNaN(length) ? null : { status: Number(received.slice(9, 12)), body };
}
