/** Connections and workers that end before a response does: nothing hangs, and half a response never looks whole. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { notes, site } from "./notes.ts";

for (const [how, leave] of [
  ["closes", "end"],
  ["resets", "reset"],
] as const) {
  test(`a client that ${how} in the middle of an upload: the application's read fails, and its thread is free`, async () => {
    using told = notes();
    await using server = await start(site, ["--threads=1", "--chunked-request"], { env: told.env });
    for (const [index, length] of ["Content-Length: 1000000", "Transfer-Encoding: chunked"].entries()) {
      using client = await talk(server);
      client.send(`${request("POST /count", [length])}30d40\r\n${"x".repeat(150_000)}`);
      await until(
        "the application to read",
        () => told.lines().filter((line) => line === "counting").length === index + 1,
      );
      client.client[leave]();
      await until("its read to fail", () => told.lines().filter((line) => line.startsWith("cut")).length === index + 1);
      expect(await server.text("/echo/")).toBe("GET /echo/ ");
    }
  });

  test(`a client that ${how} in the middle of a download: the response's close() is called, and its thread is free`, async () => {
    using told = notes();
    await using server = await start(site, ["--threads=1"], { env: told.env });
    using client = await talk(server);
    client.send(request("GET /parts?100000x65536x16"));
    await client.client.read(/xxx/);
    client.client[leave]();
    // Only who reads no more is a client that has gone: one that closed its half may still be reading.
    if (leave === "end") client[Symbol.dispose]();
    expect(await told.line(/^closed/)).toMatch(/^closed with \d+ of 100000 made$/);
    expect(await server.text("/echo/")).toBe("GET /echo/ ");
    expect(told.lines().filter((line) => line.startsWith("closed"))).toHaveLength(1);
  });
}

test("an application that fails behind the head: the client sees a reset, in chunks and in HTTP/1.0", async () => {
  await using server = await start(site);
  for (const text of [request("GET /breaks"), "GET /breaks HTTP/1.0\r\n\r\n"]) {
    using client = await talk(server);
    client.send(text);
    const received = await client.client.readToEnd();
    expect(client.client.wasReset()).toBe(true);
    expect(received).not.toContain("\r\n0\r\n");
  }
  await server.waitForLog(/ValueError: failed behind the head/);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
});

test("a response that is shorter than its Content-Length is reset and logged", async () => {
  using told = notes();
  await using server = await start(site, [], { env: told.env });
  using client = await talk(server);
  client.send(request("GET /silent?go"));
  await client.client.read(/\r\n\r\none$/);
  told.open("go");
  expect(await client.client.readToEnd()).toEndWith("\r\n\r\none");
  expect(client.client.wasReset()).toBe(true);
  await server.waitForLog(/short of its Content-Length/);
});

test("a worker that is killed in the middle of a response: reset; before the response: 502", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=2"], { env: told.env });
  using half = await talk(server);
  using none = await talk(server);
  half.send(request("GET /silent?never"));
  await half.client.read(/\r\n\r\none$/);
  none.send(request("GET /gate?never"));
  await told.line(/^at never$/);
  await until("both to be in the application", () => told.lines().length === 2);
  for (const pid of server.processes().workers) process.kill(pid, "SIGKILL");
  expect(await half.client.readToEnd()).toEndWith("\r\n\r\none");
  expect(half.client.wasReset()).toBe(true);
  expect((await none.answer()).status).toBe(502);
});

test("a download that is cut is an error for an ordinary client", async () => {
  await using server = await start(site);
  const response = await server.get("/breaks");
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test("a client that leaves while its request waits for a thread: the request is never run", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=1"], { env: told.env });
  using busy = await talk(server);
  busy.send(request("GET /gate?open"));
  await told.line(/^at open$/);
  using leaving = await talk(server);
  leaving.send(request("GET /run?never"));
  using staying = await talk(server);
  staying.send(request("GET /run?later"));
  leaving.client.reset();
  told.open("open");
  expect((await busy.answer()).body).toBe("through");
  expect((await staying.answer()).body).toBe("ran");
  expect(told.lines()).toEqual(["at open", "ran later"]);
});

test("a client that reads nothing and leaves does not leave the worker waiting for it", async () => {
  using told = notes();
  await using server = await start(site, ["--threads=1"], { env: told.env });
  using client = await bulkClient(server);
  await client.send(request("GET /parts?100000x65536x16"));
  await told.line(/^made/);
  client[Symbol.dispose]();
  await told.line(/^closed/);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");
});
