/** Slow clients and many clients: what one of them costs the others. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk, type Conversation } from "./conversation.ts";
import { notes, site } from "./notes.ts";

test("a stalled upload of a small body holds no thread", async () => {
  await using server = await start(site, ["--threads=1"]);
  using slow = await talk(server);
  slow.send(`${request("POST /echo/", ["Content-Length: 20"])}0123456789`);
  expect(await server.text("/echo/other")).toBe("GET /echo/other ");
  slow.send("abcdefghij");
  expect((await slow.answer()).body).toBe("POST /echo/ 0123456789abcdefghij");
});

test("a request whose large body arrives while it waits for a thread runs once", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=2"], { env: told.env });
  const busy = await Promise.all(["one", "two"].map(() => talk(server)));
  for (const [n, one] of busy.entries()) one.send(request(`GET /gate?${n}`));
  for (const n of busy.keys()) await told.line(new RegExp(`^at ${n}$`));
  // The worker may be given some ahead; those behind them have no worker yet.
  const ahead = await Promise.all(Array.from({ length: 40 }, () => talk(server)));
  for (const one of ahead) one.send(request("GET /echo/"));
  using waiting = await talk(server);
  waiting.send(`${request("POST /run?waiting", ["Content-Length: 100000"])}${"x".repeat(99_999)}`);
  // Sent after it, so that it has been read by now; no thread is needed to refuse this.
  expect(await server.raw("nonsense\r\n\r\n")).toContain(" 400 ");
  waiting.send("x");
  for (const n of busy.keys()) told.open(`${n}`);
  expect((await waiting.answer()).body).toBe("ran");
  for (const one of [...busy, ...ahead]) expect((await one.answer()).status).toBe(200);
  for (const one of [...busy, ...ahead]) one[Symbol.dispose]();
  expect(await server.text("/run?last")).toBe("ran");
  expect(told.lines().filter((note) => note.startsWith("ran"))).toEqual(["ran waiting", "ran last"]);
});

test("stalled uploads of large bodies hold no thread", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=1"], { env: told.env });
  const slow = await Promise.all(Array.from({ length: 10 }, () => talk(server)));
  for (const one of slow) one.send(`${request("POST /count", ["Content-Length: 300000"])}${"x".repeat(100_000)}`);
  for (let n = 0; n < 20; n++) expect(await server.text(`/echo/${n}`)).toBe(`GET /echo/${n} `);
  expect(told.lines()).toEqual([]);
  for (const one of slow) one.send("x".repeat(200_000));
  for (const one of slow) expect((await one.answer()).body).toBe("300000");
  for (const one of slow) one[Symbol.dispose]();
});

test("a head that comes slowly holds nothing", async () => {
  await using server = await start(site, ["--threads=1"]);
  using slow = await talk(server);
  for (const piece of request("GET /echo/slow")) {
    expect(await server.text("/echo/other")).toBe("GET /echo/other ");
    slow.send(piece);
  }
  expect((await slow.answer()).body).toBe("GET /echo/slow ");
});

test("a client that doesn't read a large response holds its own thread only", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=2"], { env: told.env });
  using mute = await bulkClient(server);
  await mute.send(request("GET /parts?100000x65536x16"));
  await told.line(/^made/);
  for (let n = 0; n < 50; n++) expect(await server.text(`/echo/${n}`)).toBe(`GET /echo/${n} `);
});

test("a client that doesn't read a response that fits the buffers holds no thread", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=1"], { env: told.env });
  using mute = await bulkClient(server);
  await mute.send(request("GET /parts?1x60000"));
  await told.line(/^closed with 1 of 1 made$/);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
});

test("100 requests at once with 10 threads are all answered, and none is run twice", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=5", "--processes=2"], { env: told.env });
  const numbers = Array.from({ length: 100 }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => server.text(`/run?${n}`)));
  expect(answers).toEqual(numbers.map(() => "ran"));
  expect(told.lines().toSorted()).toEqual(numbers.map((n) => `ran ${n}`).toSorted());
});

test("requests that were sent ahead to a worker that got stuck are run by another one, each once", async () => {
  using told = notes();
  const args = ["--threads=1", "--processes=2", "--keep-alive-timeout=60"];
  await using server = await start(site, args, { env: told.env });
  const clients: Conversation[] = [];
  for (let n = 0; n < 64; n++) clients.push(await talk(server));
  using stuck = await talk(server);
  // A quick pace first: only then requests are sent ahead.
  for (const client of clients) client.send(request("GET /echo/").repeat(20));
  for (const client of clients) for (let n = 0; n < 20; n++) expect((await client.answer()).status).toBe(200);

  stuck.send(request("GET /gate?open"));
  for (const [n, client] of clients.entries()) client.send(request(`GET /run?${n}`));
  for (const client of clients) expect((await client.answer()).body).toBe("ran");
  expect(stuck.rest()).toBe("");
  told.open("open");
  expect((await stuck.answer()).body).toBe("through");
  expect(told.lines().toSorted()).toEqual(["at open", ...clients.map((_, n) => `ran ${n}`)].toSorted());
  for (const client of clients) client[Symbol.dispose]();
});
