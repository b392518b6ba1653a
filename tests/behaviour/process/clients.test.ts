/** How many clients the server holds and handles, and what the others see. */

import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usageOf } from "../../../lib/os/proc.ts";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import type { RawClient } from "../../harness/raw.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const GET = "GET / HTTP/1.1\r\nHost: malt\r\n\r\n";
const ANSWERED = /^HTTP\/1\.1 200 [^]*Hello, World!\n$/;

/** Starts `count` requests, each on a connection of its own, for a page that waits for `file`; in that order. */
async function ask(server: Server, file: string, count: number): Promise<{ client: RawClient; askedAt: number }[]> {
  const asked = [];
  for (let n = 0; n < count; n++) {
    const client = await server.connect();
    client.send(`GET ${file} HTTP/1.1\r\nHost: malt\r\nConnection: close\r\n\r\n`);
    asked.push({ client, askedAt: performance.now() });
  }
  return asked;
}

test("--max-clients: no time runs for requests beyond it, and they get in as soon as there is room, in order", async () => {
  using home = folder();
  const file = join(home.path, "go");
  // With one thread, 1 client is rounded up to 10: one request runs and nine wait.
  const args = ["--threads=1", "--max-clients=1", "--queue-timeout=1", "--shutdown-timeout=1"];
  await using server = await start(app("slow.py"), args);
  const asked = await ask(server, file, 1);
  await server.waitForLog(/waiting/);
  asked.push(...(await ask(server, file, 13)));
  const [running, ...waiting] = asked;
  const ended = await Promise.all(
    waiting.map(async ({ client, askedAt }) => {
      const answer = await client.readToEnd();
      return { status: answer.slice(9, 12), afterMs: performance.now() - askedAt };
    }),
  );
  expect(ended.map(({ status }) => status)).toEqual(ended.map(() => "504"));
  // The first nine after a second; the others' second only began then.
  for (const { afterMs } of ended.slice(0, 9)) expect(afterMs).toBeLessThan(1900);
  for (const { afterMs } of ended.slice(9)) expect(afterMs).toBeGreaterThan(1950);
  writeFileSync(file, "");
  expect(await running?.client.readToEnd()).toMatch(/^HTTP\/1\.1 200 /);
});

test("--max-clients: neither connections without a request nor those still sending one count", async () => {
  await using server = await start(app("hello.py"), ["--threads=1", "--max-clients=1", "--keep-alive-timeout=30"]);
  const clients: RawClient[] = [];
  for (const sent of [
    "",
    GET,
    "GET / HTTP/1.1\r\nHo",
    `POST / HTTP/1.1\r\nHost: malt\r\nContent-Length: 9\r\n\r\n12`,
  ]) {
    for (let n = 0; n < 20; n++) {
      const client = await server.connect();
      client.send(sent);
      if (sent === GET) await client.read(ANSWERED);
      clients.push(client);
    }
  }
  expect(await server.text("/")).toBe("Hello, World!\n");
  for (const client of clients) client[Symbol.dispose]();
});

for (const [mpm, most] of [
  ["prefork", 1],
  ["worker", 10],
  ["event", Infinity],
] as const) {
  const promise =
    most === Infinity ? "idle connections don't count" : `idle connections count: ${most} keep others waiting`;
  test(`--server-mpm: with ${mpm} and --max-clients 1 ${promise}`, async () => {
    const args = ["--frontends=1", "--threads=1", "--max-clients=1", "--keep-alive-timeout=1", `--server-mpm=${mpm}`];
    await using server = await start(app("hello.py"), args);
    const idle = await Promise.all(Array.from({ length: Math.min(most, 30) }, () => server.connect()));
    for (const client of idle) client.send(GET);
    await Promise.all(idle.map((client) => client.read(ANSWERED)));
    const beganAt = performance.now();
    using late = await server.connect();
    late.send(GET);
    expect(await late.read(ANSWERED)).toContain("200 OK");
    const waitedMs = performance.now() - beganAt;
    if (most === Infinity) expect(waitedMs).toBeLessThan(700);
    else expect(waitedMs).toBeGreaterThan(700);
    for (const client of idle) client[Symbol.dispose]();
  });
}

/** A server that may open few files: room for some 66 clients. */
function cramped(args: readonly string[] = []): Promise<Server> {
  const program = ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"', malt];
  return start(app("hello.py"), ["--keep-alive-timeout=60", "--header-timeout=60", ...args], { program });
}

function cpuMs(server: Server): number {
  return server.processes().frontEnds.reduce((sum, pid) => sum + (usageOf(pid)?.cpuMs ?? 0), 0);
}

test("when descriptors become scarce, the connections that were idle for longest give way to new clients", async () => {
  await using server = await cramped();
  const clients: RawClient[] = [];
  for (let n = 0; n < 200; n++) {
    const client = await server.connect();
    client.send(GET);
    await client.read(ANSWERED);
    clients.push(client);
  }
  const closed = await Promise.all(clients.slice(0, 100).map((client) => client.readToEnd()));
  for (const answer of closed) expect(answer).toMatch(ANSWERED);
  // The newest are still there.
  for (const client of clients.slice(-20)) {
    client.send(GET);
    await client.read((text) => text.split("Hello, World!").length === 3);
  }
});

test("when nobody is idle, new clients wait without costing anything, and are served when there is room", async () => {
  await using server = await cramped();
  const busy: RawClient[] = [];
  for (let n = 0; n < 100; n++) {
    const client = await server.connect();
    client.send("GET / HTTP/1.1\r\n");
    busy.push(client);
  }
  await server.waitForLog(/there are as many clients as can be held/);
  using late = await server.connect();
  late.send(GET);
  const [frontEnd = 0] = server.processes().frontEnds;
  const before = cpuMs(server);
  const switchesBefore = turns(frontEnd);
  // A listener that can't accept would keep the event loop busy: hundreds of thousands of turns a second.
  const beganAt = performance.now();
  await until("a second to pass", () => performance.now() - beganAt > 1000);
  expect(cpuMs(server) - before).toBeLessThan(200);
  expect(turns(frontEnd) - switchesBefore).toBeLessThan(200);
  expect(late.received()).toBe("");
  for (const client of busy) client[Symbol.dispose]();
  expect(await late.read(ANSWERED)).toContain("200 OK");
});

/** How often the main thread of a process gave up the processor to wait. */
function turns(pid: number): number {
  return Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
}
