/** Bodies on their way through: bounded in memory, at the pace of the slower side, and over when one side goes. */

import { expect } from "bun:test";
import type { Socket } from "node:net";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient } from "../http/bulk.ts";
import { request, talk } from "../http/conversation.ts";
import { growthDuring } from "../http/growth.ts";
import { proxy, response, targetOf, upstream } from "./upstream.ts";

const MIB = 1024 * 1024;
const BODY_BYTES = 64 * MIB;
const MOST_GROWTH_BYTES = 32 * MIB;
/** Far more than the buffers of both systems and ours hold, far less than the body. */
const MOST_UNDERWAY_BYTES = 24 * MIB;

const ANY_SIZE = "--limit-request-body=0";

/** Sends 64 MiB, or counts what it gets. */
function bulky() {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    maxRequestBodySize: 2 * BODY_BYTES,
    idleTimeout: 0,
    async fetch(asked) {
      let count = 0;
      if (asked.method === "POST") {
        for await (const bytes of asked.body ?? []) count += bytes.length;
        return new Response(`${count}`);
      }
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        controller.enqueue(new Uint8Array(MIB / 4));
        count += MIB / 4;
        if (count === BODY_BYTES) controller.close();
      };
      return new Response(new ReadableStream({ pull }));
    },
  });
}

test("64 MiB down and up, with a length and in chunks: the front end grows by less than 32 MiB", async () => {
  const up = bulky();
  try {
    await using server = await proxy(["--proxy-mount-point=/px", `http://127.0.0.1:${up.port}`, ANY_SIZE]);
    const down = async (): Promise<number> => {
      let received = 0;
      for await (const bytes of (await server.get("/px/")).body ?? []) received += bytes.length;
      return received;
    };
    const send = async (lines: readonly string[], chunked: boolean): Promise<string> => {
      using client = await bulkClient(server);
      client.read();
      await client.send(request("POST /px/", [...lines, "Connection: close"]));
      const block = new Uint8Array(MIB);
      for (let sent = 0; sent < BODY_BYTES; sent += MIB) {
        if (chunked) await client.send(`${MIB.toString(16)}\r\n`);
        await client.send(block);
        if (chunked) await client.send("\r\n");
      }
      if (chunked) await client.send("0\r\n\r\n");
      expect(await client.ended).toBe(false);
      return client.tail();
    };
    await down();
    const growth = await growthDuring(server, async () => {
      expect(await down()).toBe(BODY_BYTES);
      expect(await send([`Content-Length: ${BODY_BYTES}`], false)).toEndWith(`\r\n\r\n${BODY_BYTES}`);
      expect(await send(["Transfer-Encoding: chunked"], true)).toEndWith(`\r\n\r\n${BODY_BYTES}`);
    });
    expect(growth["front end"]).toBeLessThan(MOST_GROWTH_BYTES);
  } finally {
    await up.stop(true);
  }
});

test("a client that reads nothing stops the upstream, and one that reads on gets everything", async () => {
  let sent = 0;
  using up = await upstream((_head, socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
    const more = (): void => {
      while (sent < BODY_BYTES) {
        sent += MIB;
        if (!socket.write(new Uint8Array(MIB))) return void socket.once("drain", more);
      }
    };
    more();
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  using client = await bulkClient(server);
  await client.send(request("GET /px/", ["Connection: close"]));
  let last = -1;
  await until("the upstream to be stopped", async () => {
    for (let look = 0; look < 30; look++) await (await server.get("/none")).text();
    const stopped = sent === last && sent > 0;
    last = sent;
    return stopped;
  });
  expect(sent).toBeLessThan(MOST_UNDERWAY_BYTES);
  client.read();
  expect(await client.ended).toBe(false);
  expect(client.received()).toBeGreaterThan(BODY_BYTES);
});

test("an upstream that reads nothing stops the client, and gets everything when it reads on", async () => {
  let received = 0;
  const stopped: Socket[] = [];
  using up = await upstream((_head, socket, rest) => {
    received += rest.length;
    socket.pause();
    socket.on("data", (bytes) => {
      received += bytes.length;
      if (received === BODY_BYTES) socket.write(response("all"));
    });
    socket.pause();
    stopped.push(socket);
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url, ANY_SIZE]);
  using client = await bulkClient(server);
  client.read();
  await client.send(request("POST /px/", [`Content-Length: ${BODY_BYTES}`, "Connection: close"]));
  const sending = (async () => {
    for (let sent = 0; sent < BODY_BYTES; sent += MIB) await client.send(new Uint8Array(MIB));
  })();
  let last = -1;
  await until("the client to be stopped", async () => {
    for (let look = 0; look < 30; look++) await (await server.get("/none")).text();
    const atRest = client.sent() === last && last > MIB;
    last = client.sent();
    return atRest;
  });
  expect(client.sent()).toBeLessThan(MOST_UNDERWAY_BYTES);
  stopped[0]?.resume();
  await sending;
  expect(await client.ended).toBe(false);
  expect([received, client.tail().slice(-7)]).toEqual([BODY_BYTES, "\r\n\r\nall"]);
});

test("a client that goes away, before or during the response or with half its body sent, ends the upstream's work", async () => {
  using up = await upstream((head, socket) => {
    if (targetOf(head) === "/begun") socket.write("HTTP/1.1 200 OK\r\n\r\nabc");
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  let ends = 0;
  for (const path of ["/silent", "/begun", "/body"]) {
    using client = await server.connect();
    client.send(
      request(`${path === "/body" ? "POST" : "GET"} /px${path}`, path === "/body" ? ["Content-Length: 9"] : []),
    );
    if (path === "/begun") await client.read(/abc/);
    else await until("the request to arrive", () => up.heads().some((head) => targetOf(head) === path));
    client.reset();
    ends++;
    await until(`the upstream of ${path} to be told`, () => up.ends().length === ends);
  }
});

test("100 Continue is the upstream's to say; one that says nothing gets the body after a second", async () => {
  using up = await upstream((head, socket) => {
    let body = "";
    socket.on("data", (bytes: Buffer) => {
      body += bytes.toString();
      if (body === "hello") socket.write(response(body, ["Connection: close"]));
    });
    if (targetOf(head) === "/yes") socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    if (targetOf(head) === "/no") socket.write(response("too much", ["Connection: close"], "413 Too Much"));
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  const ask = async (path: string): Promise<readonly unknown[]> => {
    using client = await talk(server);
    client.send(request(`POST /px${path}`, ["Content-Length: 5", "Expect: 100-continue"]));
    const first = await client.answer();
    if (first.status !== 100) return [first.status, first.body];
    client.send("hello");
    const second = await client.answer();
    return [100, second.status, second.body];
  };
  expect(await ask("/yes")).toEqual([100, 200, "hello"]);
  expect(await ask("/no")).toEqual([413, "too much"]);
  expect(await ask("/silent")).toEqual([100, 200, "hello"]);
  expect(up.heads()[0]).toContain("\r\nExpect: 100-continue\r\n");
});

test("a response that comes before the whole request does is passed on at once", async () => {
  using up = await upstream((_head, socket) => void socket.write(response("no thanks", [], "403 No")));
  await using server = await proxy(["--proxy-mount-point=/px", up.url, ANY_SIZE]);
  using client = await talk(server);
  client.send(request("POST /px/", ["Content-Length: 50000000"]));
  client.send("x".repeat(100_000));
  expect(await client.answer()).toMatchObject({ status: 403, body: "no thanks" });
  await until("the upload to be given up", () => up.ends().length === 1);
});

test("an upstream that is silent for --socket-timeout: 504, or a reset in the middle of the response", async () => {
  using up = await upstream((head, socket) => {
    if (targetOf(head) === "/begun") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url, "--socket-timeout=1"]);
  using begun = await talk(server);
  begun.send(request("GET /px/begun"));
  expect((await server.get("/px/silent")).status).toBe(504);
  await begun.client.readToEnd();
  expect(begun.client.wasReset()).toBe(true);
  await server.waitForLog(/it sent nothing for longer than --socket-timeout: answered 504: GET \/px\/silent/);
  await server.waitForLog(
    /longer than --socket-timeout: the response was cut and the connection reset: GET \/px\/begun/,
  );
  await until("the upstream to be told", () => up.ends().length === 2);
});

test("--limit-request-body is for proxied requests, too: 413, and the upstream is told that nothing more comes", async () => {
  using up = await upstream((_head, socket) => void socket.resume());
  await using server = await proxy(["--proxy-mount-point=/px", up.url, "--limit-request-body=1000"]);
  using known = await talk(server);
  known.send(request("POST /px/", ["Content-Length: 1001"]));
  expect((await known.answer()).status).toBe(413);
  expect(up.accepted()).toBe(0);
  using chunked = await talk(server);
  chunked.send(request("POST /px/", ["Transfer-Encoding: chunked"]));
  await until("the request to arrive", () => up.heads().length === 1);
  chunked.send(`3e9\r\n${"x".repeat(1001)}\r\n0\r\n\r\n`);
  expect((await chunked.answer()).status).toBe(413);
  await until("the upstream to be told", () => up.ends().length === 1);
});
