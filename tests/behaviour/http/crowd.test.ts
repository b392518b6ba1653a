/** Slow clients and many clients: what one of them costs the others. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { notes, site } from "./notes.ts";

test("a stalled upload of a small body holds no thread", async () => {
  await using server = await start(site, ["--threads=1"]);
  using slow = await talk(server);
  slow.send(`${request("POST /echo/", ["Content-Length: 20"])}0123456789`);
  expect(await server.text("/echo/other")).toBe("GET /echo/other ");
  slow.send("abcdefghij");
  expect((await slow.answer()).body).toBe("POST /echo/ 0123456789abcdefghij");
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

test("quick requests overtake slow ones that hold nearly all threads, and none is lost or run twice", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=5", "--processes=2"], { env: told.env });
  // A quick pace first, so that requests are sent ahead to workers whose threads are about to be stuck.
  await Promise.all(Array.from({ length: 300 }, () => server.text("/echo/")));
  const slow: Promise<string>[] = [];
  const quick: Promise<string>[] = [];
  for (let n = 0; n < 200; n++) {
    if (n % 25 === 0) slow.push(server.text(`/gate?open`));
    else quick.push(server.text(`/run?${n}`));
  }
  expect(new Set(await Promise.all(quick))).toEqual(new Set(["ran"]));
  told.open("open");
  expect(new Set(await Promise.all(slow))).toEqual(new Set(["through"]));
  const ran = told.lines().filter((line) => line.startsWith("ran"));
  expect([ran.length, new Set(ran).size, told.lines().length]).toEqual([quick.length, quick.length, 200]);
});
