/**
 * How long clients may take. What must not happen "yet" is checked against the server's own clock: another client runs
 * into a limit of a second meanwhile, twice.
 */

import { expect } from "bun:test";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { notes, site } from "./notes.ts";

const HALF_A_HEAD = "GET /echo/ HTTP/1.1\r\nHost: malt.test\r\n";
/** Small enough to be waited for before a worker gets it. */
const HALF_A_BODY = `${request("POST /echo/", ["Content-Length: 20"])}0123456789`;
/** Large enough to be pulled by the application as it comes. */
const HALF_A_LARGE_BODY = `${request("POST /count", ["Content-Length: 400000"])}${"x".repeat(200_000)}`;

/** Two seconds or more by the clock of a server that has a --header-timeout or --body-timeout of one. */
async function twoSeconds(server: Server, stalling: string): Promise<void> {
  for (let n = 0; n < 2; n++) {
    using client = await talk(server);
    client.send(stalling);
    expect((await client.answer()).status).toBe(408);
  }
}

test("--header-timeout: a head that is not complete in time is 408, and the connection is closed", async () => {
  using told = notes();
  await using server = await start(site, ["--header-timeout=1"], { env: told.env });
  using client = await talk(server);
  client.send("GET /run?never HTTP/1.1\r\nHost: malt.test\r\n");
  const { status, fields } = await client.answer();
  expect([status, fields["connection"]]).toEqual([408, "close"]);
  client.send("\r\n");
  client.client.end();
  expect(await client.end()).toBe("");
  expect(told.lines()).toEqual([]);
});

test("--header-timeout: it is as long for the next request on a connection", async () => {
  await using server = await start(site, ["--header-timeout=1", "--keep-alive-timeout=30"]);
  using client = await talk(server);
  client.send(request("GET /echo/") + HALF_A_HEAD);
  expect((await client.answer()).status).toBe(200);
  expect((await client.answer()).status).toBe(408);
});

test("--header-timeout: a connection on which nothing was sent is closed without a word", async () => {
  await using server = await start(site, ["--header-timeout=1"]);
  using client = await talk(server);
  expect(await client.end()).toBe("");
  expect(client.client.wasReset()).toBe(false);
});

test("--header-timeout: 0 is no limit", async () => {
  await using server = await start(site, ["--header-timeout=0", "--header-max-timeout=1", "--body-timeout=1"]);
  using client = await talk(server);
  client.send(HALF_A_HEAD);
  await twoSeconds(server, HALF_A_BODY);
  client.send("\r\n");
  expect((await client.answer()).body).toBe("GET /echo/ ");
});

test("--header-min-rate: so many bytes of the head earn a second more; fewer earn less, and 0 is no extension", async () => {
  const filler = `X-Filler: ${"x".repeat(1000)}\r\n`;
  await using server = await start(site, ["--header-timeout=1", "--header-min-rate=100"]);
  using client = await talk(server);
  client.send(HALF_A_HEAD + filler);
  await twoSeconds(server, "GET / ");
  client.send("\r\n");
  expect((await client.answer()).body).toBe("GET /echo/ ");

  await using strict = await start(site, ["--header-timeout=1", "--header-min-rate=0"]);
  await twoSeconds(strict, HALF_A_HEAD + filler);
});

test("--header-max-timeout: whatever the rate, the head must be complete by then", async () => {
  await using server = await start(site, ["--header-timeout=1", "--header-min-rate=1", "--header-max-timeout=2"]);
  using client = await talk(server);
  // These bytes alone would earn more than an hour.
  client.send(`${HALF_A_HEAD}X-Filler: ${"x".repeat(5000)}\r\n`);
  expect((await client.answer()).status).toBe(408);
});

test("--body-timeout: a small body that is not complete in time is 408, and the application is never called", async () => {
  using told = notes();
  await using server = await start(site, ["--body-timeout=1"], { env: told.env });
  using client = await talk(server);
  client.send(`${request("POST /run?never", ["Content-Length: 20"])}0123456789`);
  const { status, fields } = await client.answer();
  expect([status, fields["connection"]]).toEqual([408, "close"]);
  client.send(`abcdefghij${request("GET /run?never")}`);
  client.client.end();
  expect(await client.end()).toBe("");
  expect(told.lines()).toEqual([]);
});

test("--body-timeout: a large body that stalls is 408, and an error for the application that reads it", async () => {
  using told = notes();
  await using server = await start(site, ["--body-timeout=1", "--threads=1", "--body-min-rate=0"], { env: told.env });
  using client = await talk(server);
  client.send(HALF_A_LARGE_BODY);
  expect((await client.answer()).status).toBe(408);
  await told.line(/^cut after \d+$/);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
});

test("--body-timeout: 0 is no limit", async () => {
  await using server = await start(site, ["--body-timeout=0", "--body-max-timeout=1", "--header-timeout=1"]);
  using client = await talk(server);
  client.send(HALF_A_BODY);
  await twoSeconds(server, HALF_A_HEAD);
  client.send("abcdefghij");
  expect((await client.answer()).body).toBe("POST /echo/ 0123456789abcdefghij");
});

test("--body-timeout: a client that waits for 100 Continue is not slow", async () => {
  using told = notes();
  await using server = await start(site, ["--body-timeout=1"], { env: told.env });
  using client = await talk(server);
  client.send(request("POST /late/?read", ["Expect: 100-continue", "Content-Length: 5"]));
  await told.line(/^at read$/);
  await twoSeconds(server, HALF_A_BODY);
  told.open("read");
  expect((await client.answer()).status).toBe(100);
  client.send("hello");
  expect((await client.answer()).body).toBe("POST /late/ hello");
});

test("--body-timeout: a client whose body the application does not read is not slow", async () => {
  using told = notes();
  await using server = await start(site, ["--body-timeout=1", "--body-min-rate=0"], { env: told.env });
  using client = await bulkClient(server);
  client.read();
  const body = new Uint8Array(8 * 1024 * 1024);
  const sending = client
    .send(request("POST /late/?read", [`Content-Length: ${body.length}`, "Connection: close"]))
    .then(() => client.send(body));
  await told.line(/^at read$/);
  await twoSeconds(server, HALF_A_BODY);
  told.open("read");
  await sending;
  expect(await client.ended).toBe(false);
  expect(client.received()).toBeGreaterThan(body.length);
});

test("--body-min-rate: so many bytes of the body earn a second more; 0 is no extension", async () => {
  const most = `${request("POST /echo/", ["Content-Length: 2000"])}${"x".repeat(1000)}`;
  await using server = await start(site, ["--body-timeout=1", "--body-min-rate=100"]);
  using client = await talk(server);
  client.send(most);
  await twoSeconds(server, HALF_A_BODY);
  client.send("x".repeat(1000));
  expect((await client.answer()).body).toHaveLength("POST /echo/ ".length + 2000);

  await using strict = await start(site, ["--body-timeout=1", "--body-min-rate=0"]);
  await twoSeconds(strict, most);
});

test("--body-max-timeout: whatever the rate, a small body must be complete by then", async () => {
  await using server = await start(site, ["--body-timeout=1", "--body-min-rate=1", "--body-max-timeout=2"]);
  using client = await talk(server);
  client.send(`${request("POST /count", ["Content-Length: 60000"])}${"x".repeat(50_000)}`);
  expect((await client.answer()).status).toBe(408);
});

test("--body-max-timeout: a body that keeps coming is cut then, too", async () => {
  using told = notes();
  const limits = ["--body-timeout=1", "--body-min-rate=1", "--body-max-timeout=2", "--limit-request-body=0"];
  await using server = await start(site, limits, { env: told.env });
  using client = await bulkClient(server);
  client.read();
  await client.send(request("POST /count", ["Content-Length: 999999999999"]));
  const block = new Uint8Array(64 * 1024);
  while (!client.isOver()) {
    await client.send(block);
    // Gives the application the time to read: a client that is kept from sending is not slow.
    await server.text("/echo/");
  }
  await told.line(/^cut after \d+$/);
});

test("--keep-alive-timeout: a connection that is idle for longer is closed without a word, one that is used is not", async () => {
  await using server = await start(site, ["--keep-alive-timeout=1"]);
  using client = await talk(server);
  client.send(request("GET /echo/", ["Connection: keep-alive"]));
  expect((await client.answer()).fields["keep-alive"]).toContain("timeout=1");
  client.send(request("GET /echo/again"));
  expect((await client.answer()).body).toBe("GET /echo/again ");
  expect(await client.end()).toBe("");
  expect(client.client.wasReset()).toBe(false);
});

test("--keep-alive-timeout: a connection stays open as long as it says", async () => {
  await using server = await start(site, ["--keep-alive-timeout=20", "--header-timeout=1"]);
  using client = await talk(server);
  client.send(request("GET /echo/"));
  expect((await client.answer()).status).toBe(200);
  await twoSeconds(server, HALF_A_HEAD);
  client.send(request("GET /echo/later"));
  expect((await client.answer()).body).toBe("GET /echo/later ");
});

test("--keep-alive-timeout: 0 closes after every response", async () => {
  await using server = await start(site, ["--keep-alive-timeout=0"]);
  for (const line of ["GET /echo/", "GET /parts?2x10"]) {
    using client = await talk(server);
    client.send(request(line, ["Connection: keep-alive"]) + request("GET /echo/never"));
    expect((await client.answer()).fields["connection"]).toBe("close");
    expect(await client.end()).toBe("");
  }
});
