/** Memory is bounded, whatever the size of a body and whoever is slow. */

import { expect } from "bun:test";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { bulkClient, settled } from "./bulk.ts";
import { request } from "./conversation.ts";
import { growthDuring } from "./growth.ts";
import { notes, site, type Notes } from "./notes.ts";

const MIB = 1024 * 1024;
const BODY_BYTES = 200 * MIB;
const MOST_GROWTH_BYTES = 64 * MIB;
/** Far more than the buffers of both systems and ours hold, far less than the body. */
const MOST_UNDERWAY_BYTES = 48 * MIB;

/** Some MiB each way first: what every process needs once is not growth. */
async function warmServer(told: Notes): Promise<Server> {
  const args = ["--limit-request-body=0", "--chunked-request", "--threads=2"];
  const server = await start(site, args, { env: told.env });
  await server.text("/parts?128x65536");
  await server.text("/count", { method: "POST", body: new Uint8Array(8 * MIB) });
  return server;
}

function expectBounded(growth: Record<string, number>): void {
  for (const [who, bytes] of Object.entries(growth))
    expect([who, bytes < MOST_GROWTH_BYTES, bytes]).toEqual([who, true, bytes]);
}

test("200 MiB down: no process grows by more than 64 MiB", async () => {
  using told = notes();
  await using server = await warmServer(told);
  let received = 0;
  const growth = await growthDuring(server, async () => {
    const { body } = await server.get(`/parts?${BODY_BYTES / 65536}x65536`);
    for await (const bytes of body ?? []) received += bytes.length;
  });
  expect(received).toBe(BODY_BYTES);
  expectBounded(growth);
});

test("200 MiB up: no process grows by more than 64 MiB", async () => {
  using told = notes();
  await using server = await warmServer(told);
  using client = await bulkClient(server);
  client.read();
  const block = new Uint8Array(MIB);
  const growth = await growthDuring(server, async () => {
    await client.send(request("POST /count", [`Content-Length: ${BODY_BYTES}`, "Connection: close"]));
    for (let sent = 0; sent < BODY_BYTES; sent += block.length) await client.send(block);
    expect(await client.ended).toBe(false);
  });
  expect(client.tail()).toEndWith(`\r\n\r\n${BODY_BYTES}`);
  expectBounded(growth);
});

test("200 MiB up in chunks: no process grows by more than 64 MiB", async () => {
  using told = notes();
  await using server = await warmServer(told);
  using client = await bulkClient(server);
  client.read();
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), new Uint8Array(MIB), Buffer.from("\r\n")]);
  const growth = await growthDuring(server, async () => {
    await client.send(request("POST /count", ["Transfer-Encoding: chunked", "Connection: close"]));
    for (let sent = 0; sent < BODY_BYTES; sent += MIB) await client.send(chunk);
    await client.send("0\r\n\r\n");
    expect(await client.ended).toBe(false);
  });
  expect(client.tail()).toEndWith(`\r\n\r\n${BODY_BYTES}`);
  expectBounded(growth);
});

test("a client that stops reading holds the application up, not the memory, and gets everything once it reads", async () => {
  using told = notes();
  await using server = await warmServer(told);
  using client = await bulkClient(server);
  const growth = await growthDuring(server, async () => {
    await client.send(`GET /parts?${BODY_BYTES / 65536}x65536x1 HTTP/1.0\r\n\r\n`);
    const made = await settled(
      server,
      "the application",
      () => told.lines().filter((line) => line.startsWith("made")).length,
    );
    expect(made * 65536).toBeLessThan(MOST_UNDERWAY_BYTES);
    client.read();
    expect(await client.ended).toBe(false);
  });
  expect(client.received()).toBeGreaterThan(BODY_BYTES);
  expect(client.tail()).toBe("x".repeat(64));
  expectBounded(growth);
});

test("an upload that the application does not read stays with the client", async () => {
  using told = notes();
  await using server = await warmServer(told);
  using client = await bulkClient(server);
  const growth = await growthDuring(server, async () => {
    const sending = client.send(request("POST /gate?open", [`Content-Length: ${BODY_BYTES}`]));
    void sending.then(() => client.send(new Uint8Array(BODY_BYTES)));
    await told.line(/^at open$/);
    const taken = await settled(server, "the upload", client.sent);
    expect(taken).toBeLessThan(MOST_UNDERWAY_BYTES);
    told.open("open");
  });
  expectBounded(growth);
});

test("requests that a client pipelines without end behind one that takes long stay with the client", async () => {
  using told = notes();
  await using server = await warmServer(told);
  using client = await bulkClient(server);
  const growth = await growthDuring(server, async () => {
    await client.send(request("GET /gate?open"));
    await told.line(/^at open$/);
    void client.send(request("GET /echo/").repeat(500_000));
    const taken = await settled(server, "the requests", client.sent);
    expect(taken).toBeLessThan(MOST_UNDERWAY_BYTES);
    client[Symbol.dispose]();
    told.open("open");
  });
  expectBounded(growth);
});
