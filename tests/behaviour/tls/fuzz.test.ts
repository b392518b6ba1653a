/** Whatever is sent to the HTTPS port, in the clear or within TLS: the server stays, and says nothing of a bug. */

import { expect } from "bun:test";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { rawClient } from "../../harness/raw.ts";
import { test } from "../../harness/test.ts";
import { makeAuthority } from "./authority.ts";
import { relay } from "./relay.ts";
import { pairOf, startSecure } from "./secure-server.ts";

const ROUNDS = 300;

/** Numbers below `limit` that only look random (mulberry32), so that a failure comes again. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What a client says first. */
async function clientHello(): Promise<Buffer> {
  const heard = Promise.withResolvers<Buffer>();
  const listener = createServer((socket) => socket.once("data", heard.resolve)).listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const { port } = listener.address() as { port: number };
  const client = connect({ port, host: "127.0.0.1", servername: "other.test" });
  client.on("error", () => undefined);
  const hello = await heard.promise;
  client.destroy();
  listener.close();
  return hello;
}

test("garbled and truncated hellos end their connection, and no other", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const [own, other] = [await authority.issue("localhost"), await authority.issue("other.test")];
  const args = [...pairOf(own), `--ssl-sni-certificate=${other.path}`, "--log-level=info"];
  await using server = await startSecure(app("hello.py"), args);
  const hello = await clientHello();
  const random = randomFrom(20_261);
  for (let round = 0; round < ROUNDS; round++) {
    const garbled = Buffer.from(hello.subarray(0, random(4) === 0 ? 1 + random(hello.length) : hello.length));
    for (let changes = random(6); changes >= 0; changes--) garbled[random(garbled.length)] = random(256);
    using client = await rawClient(server.securePort, server.host);
    client.send(garbled);
    client.end();
    await client.readToEnd();
  }
  expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
  expect(server.log()).not.toMatch(/:crit\]|died unexpectedly/);
});

test("bytes that are no TLS after a handshake end the connection without a word of a bug", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  await using server = await startSecure(app("hello.py"), [
    ...pairOf(await authority.issue("localhost")),
    "--log-level=info",
  ]);
  for (const garbage of [
    "\x17\x03\x03\x00\x20" + "x".repeat(32),
    "GET / HTTP/1.1\r\n\r\n",
    "\x15\x03\x03\x00\x02\x02\x28",
  ]) {
    using between = await relay(server.securePort, server.host);
    using client = await rawClient(between.port, "127.0.0.1", server.tls(authority));
    between.inject(Buffer.from(garbage, "latin1"));
    expect(await client.readToEnd()).toBe("");
  }
  expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
  expect(server.log()).not.toMatch(/:crit\]|died unexpectedly/);
});
