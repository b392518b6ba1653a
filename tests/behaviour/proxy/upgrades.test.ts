/** Connections that change their protocol on the way through: WebSocket, and any other. */

import { expect } from "bun:test";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { request, talk } from "../http/conversation.ts";
import { growthDuring } from "../http/growth.ts";
import { bulkClient } from "../http/bulk.ts";
import { proxy, upstream } from "./upstream.ts";

const UPGRADE = ["Connection: keep-alive, Upgrade", "Upgrade: echo/1"];
const GO = "HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n\r\n";
const MIB = 1024 * 1024;

test("a WebSocket passes, with its path, its fields, large messages and its closing code; it is logged once", async () => {
  const up = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(asked, server) {
      const { pathname, search } = new URL(asked.url);
      const headers = { "Sec-WebSocket-Protocol": "chat" };
      if (server.upgrade(asked, { data: pathname + search, headers })) return undefined;
      return new Response("no upgrade", { status: 400 });
    },
    websocket: {
      data: "" as string,
      open: (socket) => void socket.send(socket.data),
      message: (socket, text) => void socket.send(text),
    },
  });
  try {
    await using server = await proxy(["--proxy-mount-point=/px", `http://127.0.0.1:${up.port}/x`, "--access-log"]);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/px/chat?room=1`, "chat");
    const messages: string[] = [];
    socket.addEventListener("message", (event) => void messages.push(String(event.data)));
    await until("the socket to be open", () => messages.length === 1);
    expect([messages[0], socket.protocol]).toEqual(["/x/chat?room=1", "chat"]);
    const large = "m".repeat(MIB);
    for (const text of ["hello", large, "bye"]) socket.send(text);
    await until("the echoes", () => messages.length === 4);
    expect(messages.slice(1).map((text) => text.length)).toEqual([5, MIB, 3]);
    expect(server.output()).not.toContain("/px/chat");
    const closed = Promise.withResolvers<number>();
    socket.addEventListener("close", (event) => closed.resolve(event.code));
    socket.close(4001, "done");
    expect(await closed.promise).toBe(4001);
    await server.waitForOutput(/"GET \/px\/chat\?room=1 HTTP\/1.1" 101 1048\d{3}/);
    expect(server.output().match(/px\/chat/g)).toHaveLength(1);
    // The same place without an upgrade is an ordinary request.
    expect(await server.text("/px/chat")).toBe("no upgrade");
  } finally {
    await up.stop(true);
  }
});

test("either side may close its half first: what the other still sends arrives", async () => {
  using up = await upstream((head, socket, rest) => {
    let received = rest.toString();
    socket.write(`${GO}hi`);
    if (head.includes("/server-first")) socket.end();
    socket.on("data", (bytes) => void (received += bytes.toString()));
    socket.on("end", () => {
      if (!head.includes("/server-first")) socket.end(`got ${received}`);
      sent.push(received);
    });
  });
  const sent: string[] = [];
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  using first = await server.connect();
  first.send(`${request("GET /px/client-first", UPGRADE)}early `);
  await first.read(/hi$/);
  first.send("late");
  first.end();
  expect(await first.readToEnd()).toEndWith("higot early late");
  expect(first.wasReset()).toBe(false);

  using second = await server.connect();
  second.send(request("GET /px/server-first", UPGRADE));
  expect(await second.readToEnd()).toMatch(/^HTTP\/1\.1 101 Go\r\n[^]*\r\nConnection: Upgrade\r\n\r\nhi$/);
  second.send("to the end");
  second.end();
  await until("the upstream to have it all", () => sent.length === 2);
  expect(sent).toEqual(["early late", "to the end"]);
});

test("a side that goes away takes the other with it", async () => {
  const sockets: { destroy(): void; resetAndDestroy(): void }[] = [];
  using up = await upstream((_head, socket) => {
    sockets.push(socket);
    socket.on("data", () => undefined);
    socket.write(GO);
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url, "--log-level=info"]);
  using leaving = await server.connect();
  leaving.send(request("GET /px/", UPGRADE));
  await leaving.read(/\r\n\r\n$/);
  leaving.reset();
  await until("the upstream to be told", () => up.ends().length === 1);
  using left = await server.connect();
  left.send(request("GET /px/", UPGRADE));
  await left.read(/\r\n\r\n$/);
  sockets[1]?.resetAndDestroy();
  await left.readToEnd();
  expect(left.wasReset()).toBe(true);
  await server.waitForLog(/the connection to http:.* was closed: the connection was reset: GET \/px\//);
});

test("nobody is asked to change to HTTP/2, and whoever changes unasked is not followed", async () => {
  using up = await upstream((_head, socket) => void socket.end(GO));
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  for (const lines of [["Connection: Upgrade", "Upgrade: h2c"], ["Upgrade: echo/1"], []]) {
    using client = await talk(server);
    client.send(request("GET /px/", lines));
    expect((await client.answer()).status).toBe(502);
  }
  using old = await server.connect();
  old.send(`GET /px/ HTTP/1.0\r\n${UPGRADE.join("\r\n")}\r\n\r\n`);
  expect(await old.readToEnd()).toStartWith("HTTP/1.1 502 ");
  expect(up.heads().filter((head) => /upgrade/i.test(head))).toEqual([]);
});

test("128 MiB through a tunnel that echoes, read late: the front end grows by less than 64 MiB", async () => {
  using up = await upstream((_head, socket) => {
    socket.write(GO);
    socket.pipe(socket);
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  const growth = await growthDuring(server, async () => {
    using client = await bulkClient(server);
    await client.send(request("GET /px/", UPGRADE));
    const sending = (async () => {
      for (let sent = 0; sent < 128 * MIB; sent += MIB) await client.send(new Uint8Array(MIB));
    })();
    let last = -1;
    await until("everything to be full", async () => {
      for (let look = 0; look < 30; look++) await (await server.get("/none")).text();
      const stopped = client.sent() === last && last > MIB;
      last = client.sent();
      return stopped;
    });
    expect(client.sent()).toBeLessThan(96 * MIB);
    client.read();
    await sending;
    await until("the echo", () => client.received() > 128 * MIB);
  });
  expect(growth["front end"]).toBeLessThan(64 * MIB);
});

test("a tunnel that nobody uses for --socket-timeout is closed; one that is used is not", async () => {
  using up = await upstream((_head, socket) => {
    socket.write(GO);
    socket.pipe(socket);
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url, "--socket-timeout=1", "--log-level=info"]);
  using used = await server.connect();
  used.send(request("GET /px/used", UPGRADE));
  await used.read(/\r\n\r\n$/);
  using unused = await server.connect();
  unused.send(request("GET /px/unused", UPGRADE));
  await unused.read(/\r\n\r\n$/);
  let over = false;
  const watched = unused.readToEnd().then(() => (over = true));
  let rounds = 0;
  await until("the unused one to be closed", async () => {
    used.send("x");
    rounds++;
    await used.read((received) => received.endsWith(`\r\n\r\n${"x".repeat(rounds)}`));
    return over;
  });
  await watched;
  await server.waitForLog(/was closed: neither side sent anything for longer than --socket-timeout: GET \/px\/unused/);
});

test("SIGTERM leaves a tunnel as long as --shutdown-timeout; then it is closed and logged", async () => {
  using up = await upstream((head, socket) => {
    if (head.includes("/silent")) return;
    socket.write(GO);
    socket.pipe(socket);
  });
  const args = ["--shutdown-timeout=1", "--access-log", "--log-level=info"];
  await using server = await proxy(["--proxy-mount-point=/px", up.url, ...args]);
  using tunnel = await server.connect();
  tunnel.send(request("GET /px/tunnel", UPGRADE));
  await tunnel.read(/\r\n\r\n$/);
  using waiting = await talk(server);
  waiting.send(request("GET /px/silent"));
  await until("both to be there", () => up.heads().length === 2);
  const stopped = server.stop();
  await server.waitForLog(/caught SIGTERM/);
  tunnel.send("still there");
  await tunnel.read(/still there$/);
  expect((await waiting.answer()).status).toBe(503);
  await tunnel.readToEnd();
  expect(await stopped).toBe(0);
  expect(server.log()).toMatch(/was closed: the server stops, and --shutdown-timeout is over: GET \/px\/tunnel/);
  expect(server.output()).toMatch(/"GET \/px\/tunnel HTTP\/1.1" 101 11/);
});
