/** Several front ends: how many, who gets the clients, and what becomes of those of one that dies. */

import { expect } from "bun:test";
import { readdirSync, readlinkSync } from "node:fs";
import { usableCpus } from "../../../lib/os/cpus.ts";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import type { RawClient } from "../../harness/raw.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const GET = "GET / HTTP/1.1\r\nHost: malt\r\n\r\n";
const ANSWERED = /^HTTP\/1\.1 200 [^]*Hello, World!\n$/;

/** Sockets that a process has open. */
function sockets(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return links.filter((link) => link.startsWith("socket:")).length;
}

function connectMany(server: Server, count: number): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => server.connect()));
}

function isReplaced(server: Server, victim: number, count: number): boolean {
  const { frontEnds } = server.processes();
  return frontEnds.length === count && !frontEnds.includes(victim);
}

test("--frontends: clients are spread over as many front ends as it says", async () => {
  await using server = await start(app("hello.py"), ["--frontends=3"]);
  const { frontEnds } = server.processes();
  expect(frontEnds).toHaveLength(3);
  const before = frontEnds.map(sockets);
  const clients = await connectMany(server, 90);
  for (const client of clients) client.send(GET);
  for (const client of clients) expect(await client.read(ANSWERED)).toContain("200 OK");
  const shares = frontEnds.map((pid, index) => sockets(pid) - (before[index] ?? 0));
  // By chance alone one in a million runs gives a third of them less than this.
  for (const share of shares) expect(share).toBeGreaterThan(8);
  for (const client of clients) client[Symbol.dispose]();
});

test("--frontends: without it there is one; 0 of them is refused", async () => {
  await using server = await start(app("hello.py"));
  expect(server.processes().frontEnds).toHaveLength(1);
  using home = folder();
  const words = ["start-server", "--port=0", `--server-root=${home.path}/root`, `--python=${python.path}`];
  const { code, err } = await run([malt, ...words, "--frontends=0"]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("option --frontends: 0 is too small") });
});

test("--frontends: those who wait for one that dies are served by another, or by its successor", async () => {
  await using server = await start(app("hello.py"), ["--frontends=2"]);
  const [victim = 0] = server.processes().frontEnds;
  // It accepts nobody from now on: its share of the clients waits in the system.
  process.kill(victim, "SIGSTOP");
  const clients = await connectMany(server, 40);
  for (const client of clients) client.send(GET);
  await until("the other one to answer its clients", () => clients.some((client) => ANSWERED.test(client.received())));
  process.kill(victim, "SIGKILL");
  for (const client of clients) expect(await client.read(ANSWERED)).toContain("200 OK");
  await until("the successor", () => isReplaced(server, victim, 2));
  for (const client of clients) client[Symbol.dispose]();
});

test("--frontends: while one is down, another accepts its clients too, and leaves them to its successor", async () => {
  await using server = await start(app("hello.py"), ["--frontends=2"]);
  // The second death in a row makes the supervisor wait before it starts another one.
  for (let deaths = 0; deaths < 3; deaths++) {
    const [victim = 0] = server.processes().frontEnds;
    process.kill(victim, "SIGKILL");
    const clients = await connectMany(server, 20);
    for (const client of clients) client.send(GET);
    const answers = await Promise.all(clients.map((client) => client.readToEnd().catch(() => client.received())));
    // Connections that the dying one had are reset; none of the others waits.
    for (const answer of answers.filter((text) => text !== "")) expect(answer).toMatch(ANSWERED);
    expect(answers.filter((text) => text !== "").length).toBeGreaterThan(0);
    await until("the successor", () => isReplaced(server, victim, 2));
  }
});

test("--frontends: a port that another server listens on is refused, also when that has several", async () => {
  await using server = await start(app("hello.py"), ["--frontends=2"]);
  using home = folder();
  const words = ["start-server", `--port=${server.port}`, `--server-root=${home.path}/root`, `--python=${python.path}`];
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const { code, err } = await run([malt, ...words, ...user, "--frontends=2"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("port in use") });
});

test("--frontends: requests of all of them get the threads of a worker in turn", async () => {
  await using server = await start(app("nap.py"), ["--frontends=2", "--threads=2"]);
  // Kept connections stay with their front end; it takes half of them to have all threads busy.
  const clients = await connectMany(server, 16);
  const turns = clients.map(() => 0);
  const end = performance.now() + 3000;
  await Promise.all(
    clients.map(async (client, number) => {
      while (performance.now() < end) {
        client.send(GET);
        const count = ++turns[number]!;
        await client.read((text) => text.split("rested").length > count);
      }
    }),
  );
  const fair = turns.reduce((sum, count) => sum + count, 0) / turns.length;
  // Two threads get through 300 naps of 20 ms in this time.
  expect(fair).toBeGreaterThan(8);
  for (const count of turns) expect(count).toBeGreaterThan(fair / 4);
  for (const client of clients) client[Symbol.dispose]();
});

for (const mpm of ["worker", "prefork"]) {
  test(`--server-mpm: with ${mpm} there are as many front ends as processors to use, with event one`, async () => {
    await using server = await start(app("hello.py"), [`--server-mpm=${mpm}`]);
    expect(server.processes().frontEnds).toHaveLength(Math.min(8, usableCpus()));
    await using usual = await start(app("hello.py"), [`--server-mpm=${mpm}`, "--server-mpm=event"]);
    expect(usual.processes().frontEnds).toHaveLength(1);
  });
}
