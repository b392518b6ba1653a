/** A thousand clients that take their time, beside one that doesn't. */

import { expect } from "bun:test";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { request } from "./conversation.ts";
import { notes, site } from "./notes.ts";

/** What a slow client has sent before it falls silent, and then sends a byte at a time. */
const SLOW: readonly (readonly [begin: string, drip: string])[] = [
  ["GET /run?slow HTTP/1.1\r\nHost: malt.test\r\nX-Slow: ", "x"],
  [`${request("POST /run?slow", ["Content-Length: 60000"])}x`, "x"],
  [`${request("POST /run?slow", ["Content-Length: 9000000"])}x`, "x"],
];
const COUNT = 999;

interface SlowClients extends Disposable {
  /** Each sends one more byte. */
  drip(): void;
  readonly closed: number;
}

async function slowClients(server: Server): Promise<SlowClients> {
  let closed = 0;
  const socket = { data() {}, close: () => void closed++ };
  const clients = await Promise.all(
    Array.from({ length: COUNT }, async (_, n) => {
      const [begin, drip] = SLOW[n % SLOW.length]!;
      const client = await Bun.connect({ hostname: server.host, port: server.port, socket });
      client.write(begin);
      return { client, drip };
    }),
  );
  return {
    drip() {
      for (const { client, drip } of clients) client.write(drip);
    },
    get closed() {
      return closed;
    },
    [Symbol.dispose]() {
      for (const { client } of clients) client.terminate();
    },
  };
}

test("a thousand clients that send heads and bodies a byte at a time hold up nobody", async () => {
  using told = notes();
  const limits = ["--header-timeout=60", "--body-timeout=60", "--threads=2"];
  await using server = await start(site, limits, { env: told.env });
  using slow = await slowClients(server);
  const times: number[] = [];
  for (let n = 0; n < 30; n++) {
    slow.drip();
    const beganAt = performance.now();
    expect(await server.text(`/echo/${n}`)).toBe(`GET /echo/${n} `);
    times.push(performance.now() - beganAt);
  }
  expect(slow.closed).toBe(0);
  // A stalled client that had a thread would have it for a minute.
  expect(Math.max(...times)).toBeLessThan(5000);
  expect(told.lines()).toEqual([]);
});

test("--max-clients: a thousand slow clients beyond it are no clients that are handled, and are let go in time", async () => {
  using told = notes();
  const limits = ["--header-timeout=1", "--body-timeout=1", "--max-clients=1", "--threads=1"];
  await using server = await start(site, limits, { env: told.env });
  using slow = await slowClients(server);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
  while (slow.closed < COUNT) expect(await server.text("/echo/")).toBe("GET /echo/ ");
  expect(told.lines()).toEqual([]);
});
