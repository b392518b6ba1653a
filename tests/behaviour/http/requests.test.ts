/** What of a request the application gets to see, and which bodies are taken. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { notes, site } from "./notes.ts";

for (const [value, seen] of [
  [undefined, "HEAD"],
  ["Auto", "HEAD"],
  ["OFF", "HEAD"],
  ["on", "GET"],
] as const) {
  test(`--map-head-to-get: ${value ?? "left out"} shows the application ${seen} for HEAD, and the client gets no body`, async () => {
    using told = notes();
    const args = value === undefined ? [] : [`--map-head-to-get=${value}`];
    await using server = await start(site, args, { env: told.env });
    using client = await talk(server);
    client.send(request("HEAD /echo/") + request("GET /echo/after") + request("HEAD /parts?2x10"));
    const { fields } = await client.answer("HEAD");
    expect(fields["content-length"]).toBe(`${`${seen} /echo/ `.length}`);
    expect((await client.answer()).body).toBe("GET /echo/after ");
    expect((await client.answer("HEAD")).status).toBe(200);
    await told.line(/^closed/);
    expect(client.rest()).toBe("");
  });
}

test("--chunked-request: chunked bodies reach the application; without it they are 411 and the application is not called", async () => {
  using told = notes();
  const chunked = `${request("POST /count", ["Transfer-Encoding: chunked"])}6\r\n0123456789\r\n0\r\n\r\n`.replace(
    "6",
    "a",
  );
  {
    await using server = await start(site, ["--chunked-request"], { env: told.env });
    using client = await talk(server);
    client.send(chunked);
    expect((await client.answer()).body).toBe("10");
    expect(told.lines()).toEqual(["counting"]);
  }
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(chunked);
  expect((await client.answer()).status).toBe(411);
  expect(told.lines()).toEqual(["counting"]);

  // Where an unread body ends is not known: nothing behind it is taken for a request.
  using slow = await talk(server);
  slow.send(request("POST /count", ["Transfer-Encoding: chunked"]));
  expect(await slow.answer()).toMatchObject({ status: 411, fields: { connection: "close" } });
  slow.send(`0\r\n\r\n${request("GET /run?never")}`);
  slow.client.end();
  expect(await slow.end()).toBe("");
  expect(told.lines()).toEqual(["counting"]);
});

test("--limit-request-body: a body up to the limit is taken, a larger one is 413 before the application is called", async () => {
  using told = notes();
  await using server = await start(site, ["--limit-request-body=1000"], { env: told.env });
  using client = await talk(server);
  client.send(request("POST /echo/", [], "x".repeat(1000)));
  expect((await client.answer()).status).toBe(200);
  client.send(request("POST /count", [], "x".repeat(1001)) + request("GET /run?after"));
  const { status, fields } = await client.answer();
  expect([status, fields["connection"]]).toEqual([413, "close"]);
  client.client.end();
  expect(await client.end()).toBe("");
  expect(told.lines()).toEqual([]);
});

test("--limit-request-body: a chunked body that grows past it is 413, and an error for the application that reads it", async () => {
  using told = notes();
  await using server = await start(site, ["--limit-request-body=1000", "--chunked-request"], { env: told.env });
  using client = await talk(server);
  client.send(request("POST /count", ["Transfer-Encoding: chunked"]));
  await told.line(/^counting$/);
  client.send(`3e8\r\n${"x".repeat(1000)}\r\n`);
  client.send("1\r\nx\r\n");
  const { status, fields } = await client.answer();
  expect([status, fields["connection"]]).toEqual([413, "close"]);
  await told.line(/^cut/);
});

test("--limit-request-body: 0 is no limit, the default is 10 MiB", async () => {
  const size = 10 * 1024 * 1024 + 1;
  {
    await using server = await start(site);
    using client = await talk(server);
    client.send(request("POST /unread", [`Content-Length: ${size}`]));
    expect((await client.answer()).status).toBe(413);
  }
  using told = notes();
  await using server = await start(site, ["--limit-request-body=0"], { env: told.env });
  using client = await bulkClient(server);
  client.read();
  await client.send(request("POST /count", [`Content-Length: ${size}`, "Connection: close"]));
  await client.send(new Uint8Array(size));
  expect(await client.ended).toBe(false);
  expect(client.tail()).toEndWith(`\r\n\r\n${size}`);
});

test("a large body that comes in one piece with its head is read, also when the client does nothing but send", async () => {
  using told = notes();
  await using server = await start(site, ["--limit-request-body=0"], { env: told.env });
  using client = await talk(server);
  const size = 2 * 1024 * 1024;
  // Once the connection is warm, one read of the server brings more than it keeps, head and all.
  for (let sent = 0; sent < 3; sent += 1) {
    client.send(request("POST /count", [], "x".repeat(size)));
    expect((await client.answer()).body).toBe(`${size}`);
  }
});
