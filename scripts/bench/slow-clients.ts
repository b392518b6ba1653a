/** Clients in numbers: some that send a byte now and then, some that have asked once and wait. */

import type { Socket } from "bun";

export interface Crowd {
  leave(): void;
}

/** What a slow client begins with; heads, small bodies and large ones in equal shares. */
const beginnings = [
  "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
  "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\nx",
  "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\nx",
] as const;

const dripEveryMs = 1000;

/** Nobody needs no crowd. */
export function crowdOf(count: number, gather: () => Crowd): Crowd {
  return count === 0 ? { leave: () => undefined } : gather();
}

/** `count` clients that send a byte a second, and come again when they are thrown out. */
export function slowClients(port: number, count: number): Crowd {
  let leaving = false;
  const clients = new Set<Socket>();
  const join = (index: number): void => {
    const again = (): void => void (leaving || setTimeout(join, dripEveryMs, index));
    const socket = {
      open(client: Socket) {
        if (leaving) return void client.terminate();
        clients.add(client);
        client.write(beginnings[index % beginnings.length] ?? "");
      },
      data: () => undefined,
      close(client: Socket) {
        clients.delete(client);
        again();
      },
    };
    Bun.connect({ hostname: "127.0.0.1", port, socket }).catch(again);
  };
  for (let index = 0; index < count; index++) join(index);
  const dripping = setInterval(() => {
    for (const client of clients) client.write("x");
  }, dripEveryMs);
  return {
    leave() {
      leaving = true;
      clearInterval(dripping);
      for (const client of clients) client.terminate();
    },
  };
}

/** `count` clients that have had one answer each. They come some at a time: the backlog is short. */
export async function idleClients(port: number, count: number): Promise<Crowd & { open(): number }> {
  const atOnce = 100;
  const clients = new Set<Socket>();
  const join = async (): Promise<void> => {
    const answered = Promise.withResolvers<void>();
    const socket = {
      data: () => answered.resolve(),
      close(client: Socket) {
        clients.delete(client);
        answered.resolve();
      },
    };
    const client = await Bun.connect({ hostname: "127.0.0.1", port, socket });
    clients.add(client);
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await answered.promise;
  };
  for (let made = 0; made < count; made += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - made) }, join));
  }
  return {
    open: () => clients.size,
    leave() {
      for (const client of clients) client.terminate();
    },
  };
}
