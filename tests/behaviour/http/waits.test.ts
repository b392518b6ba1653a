/** How long requests wait for workers and workers for clients, how many may wait, and what is held for slow clients. */

import { expect } from "bun:test";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk, type Conversation } from "./conversation.ts";
import { notes, site, type Notes } from "./notes.ts";

const MIB = 1024 * 1024;

/** Keeps one thread busy until the gate "open" is opened; resolves once it is. */
async function occupy(server: Server, told: Notes): Promise<Conversation> {
  const client = await talk(server);
  const before = told.lines().length;
  client.send(request("GET /gate?open"));
  await until("the request to be in the application", () => told.lines().length > before);
  return client;
}

test("--queue-timeout: a request that waits longer for a thread is 504 and never run", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=1", "--queue-timeout=1"], { env: told.env });
  using busy = await occupy(server, told);
  expect((await server.get("/run?late")).status).toBe(504);
  await server.waitForLog(/--queue-timeout/);
  told.open("open");
  expect((await busy.answer()).body).toBe("through");
  expect(await server.text("/run?after")).toBe("ran");
  expect(told.lines()).toEqual(["at open", "ran after"]);
});

test("--daemon-backlog: so many requests wait for a thread; --connect-timeout: more are 503 after it, and never run", async () => {
  using told = notes();
  const args = ["--threads=1", "--daemon-backlog=2", "--connect-timeout=1"];
  await using server = await start(site, args, { env: told.env });
  using busy = await occupy(server, told);
  using first = await talk(server);
  first.send(request("GET /run?1"));
  using second = await talk(server);
  second.send(request("GET /run?2"));
  // Heads that come after these two are read after them.
  for (const n of [3, 4]) expect((await server.get(`/run?${n}`)).status).toBe(503);
  await server.waitForLog(/--daemon-backlog/);
  told.open("open");
  for (const waiting of [busy, first, second]) expect((await waiting.answer()).status).toBe(200);
  expect(told.lines().toSorted()).toEqual(["at open", "ran 1", "ran 2"]);
});

test("--connect-timeout: who gets a place before it has passed is answered", async () => {
  using told = notes();
  const args = ["--threads=1", "--daemon-backlog=0", "--connect-timeout=15", "--queue-timeout=0"];
  await using server = await start(site, args, { env: told.env });
  using busy = await occupy(server, told);
  using waiting = await talk(server);
  waiting.send(request("GET /run?patient"));
  told.open("open");
  expect((await busy.answer()).status).toBe(200);
  expect((await waiting.answer()).body).toBe("ran");
});

test("--connect-timeout: 0 turns away at once what has no place", async () => {
  using told = notes();
  const args = ["--threads=1", "--daemon-backlog=0", "--connect-timeout=0", "--queue-timeout=0"];
  await using server = await start(site, args, { env: told.env });
  using busy = await occupy(server, told);
  expect((await server.get("/run?never")).status).toBe(503);
  told.open("open");
  expect((await busy.answer()).status).toBe(200);
  expect(told.lines()).toEqual(["at open"]);
});

test("--socket-timeout: an application that says nothing for longer is 504, or a reset once it has begun", async () => {
  using told = notes();
  await using server = await start(site, ["--socket-timeout=1"], { env: told.env });
  using silent = await talk(server);
  silent.send(request("GET /silent?open"));
  expect((await server.get("/gate?open")).status).toBe(504);
  expect(await silent.client.readToEnd()).toEndWith("\r\n\r\none");
  expect(silent.client.wasReset()).toBe(true);
  await server.waitForLog(/--socket-timeout/);
  told.open("open");
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
});

test("--socket-timeout: a client that takes nothing for longer is cut off, and the thread is free again", async () => {
  using told = notes();
  await using server = await start(site, ["--socket-timeout=1", "--threads=1", "--queue-timeout=10"], {
    env: told.env,
  });
  using mute = await bulkClient(server);
  await mute.send(request("GET /parts?100000x65536x16"));
  await told.line(/^made/);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
  expect(await told.line(/^closed/)).toMatch(/^closed with \d+ of 100000 made$/);
  mute.read();
  expect(await mute.ended).toBe(true);
});

test("--response-socket-timeout: it is that short for responses, whatever --socket-timeout is, and the log names it", async () => {
  using told = notes();
  const args = ["--response-socket-timeout=1", "--threads=1", "--log-level=info"];
  await using server = await start(site, args, { env: told.env });
  using mute = await bulkClient(server);
  await mute.send(request("GET /parts?100000x65536x16"));
  const began = performance.now();
  await told.line(/^made/);
  expect(await told.line(/^closed/)).toMatch(/^closed with \d+ of 100000 made$/);
  // Not the minute of --socket-timeout.
  expect(performance.now() - began).toBeLessThan(10_000);
  await server.waitForLog(/\[client [^\]]*\] .*took nothing of its response for longer than --response-socket-timeout/);
  mute.read();
  expect(await mute.ended).toBe(true);
});

test("--response-socket-timeout: 0 is as long as --socket-timeout", async () => {
  using told = notes();
  const args = ["--socket-timeout=1", "--response-socket-timeout=0", "--threads=1"];
  await using server = await start(site, args, { env: told.env });
  using mute = await bulkClient(server);
  await mute.send(request("GET /parts?100000x65536x16"));
  expect(await told.line(/^closed/)).toMatch(/^closed with \d+ of 100000 made$/);
  mute.read();
  expect(await mute.ended).toBe(true);
});

test("--response-buffer-size: how far an application gets ahead of a client that reads nothing", async () => {
  using told = notes();
  const args = ["--threads=1", `--response-buffer-size=${32 * MIB}`];
  {
    await using server = await start(site, args, { env: told.env });
    using mute = await bulkClient(server);
    await mute.send(request(`GET /parts?${24 * 16}x65536`));
    // The whole response is held, and the only thread is free for others.
    await told.line(/^closed with 384 of 384 made$/);
    expect(await server.text("/echo/")).toBe("GET /echo/ ");
    mute.read();
    await until("all of the response", () => mute.received() > 24 * MIB && mute.tail().endsWith("0\r\n\r\n"));
  }
  await using server = await start(site, ["--threads=1", "--queue-timeout=1"], { env: told.env });
  using mute = await bulkClient(server);
  await mute.send(request(`GET /parts?${24 * 16}x65536x1`));
  await told.line(/^made/);
  expect((await server.get("/echo/")).status).toBe(504);
  expect(told.lines().filter((line) => line.startsWith("closed"))).toHaveLength(1);
});

test("--header-buffer-size: a longer response header is 500 and logged, a shorter one is sent", async () => {
  for (const [args, longest, tooLong] of [
    [[], 32_000, 33_000],
    [["--header-buffer-size=8192"], 8000, 8300],
    [["--header-buffer-size=65536"], 65_000, 66_000],
  ] as const) {
    await using server = await start(site, args);
    expect((await server.get(`/field?${longest}`)).headers.get("x-long")).toHaveLength(longest);
    expect((await server.get(`/field?${tooLong}`)).status).toBe(500);
    await server.waitForLog(/header/);
  }
});
