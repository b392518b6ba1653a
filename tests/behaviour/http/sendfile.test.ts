/** --enable-sendfile: the bytes are the same, in order, whoever takes them and how. */

import { expect } from "bun:test";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient, settled } from "./bulk.ts";
import { request, talk } from "./conversation.ts";
import { growthDuring } from "./growth.ts";
import { holding } from "./holding.ts";

const MIB = 1024 * 1024;

/** Bytes of which each block differs from the next. */
function pattern(bytes: number): Buffer {
  const words = new Uint32Array(bytes / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 2_654_435_761);
  return Buffer.from(words.buffer);
}

for (const options of [[], ["--enable-sendfile"]]) {
  test(`--enable-sendfile: files and ranges arrive whole, between other answers (${options.join()})`, async () => {
    using home = holding({ "small.txt": "small" });
    const content = pattern(3 * MIB);
    writeFileSync(join(home.path, "large.bin"), content);
    const args = [`--document-root=${home.path}`, "--application-type=static", ...options];
    await using server = await start(null, args, { until: "banner" });
    using conversation = await talk(server);
    const targets = ["/large.bin", "/small.txt", "/large.bin", "/nothing"];
    conversation.send(targets.map((target) => request(`GET ${target}`)).join(""));
    const [large, small, again, nothing] = [
      await conversation.answer(),
      await conversation.answer(),
      await conversation.answer(),
      await conversation.answer(),
    ];
    expect([small?.body, nothing?.status]).toEqual(["small", 404]);
    for (const answer of [large, again]) expect(Buffer.from(answer.body, "latin1").equals(content)).toBe(true);
    conversation.send(request("GET /large.bin", ["Range: bytes=5-100004,1000000-2000000,-7"]));
    const { body } = await conversation.answer();
    const parts = body.split(/\r\n--[^\r\n]+\r\n/);
    expect(parts.length).toBe(4);
    for (const [index, [from, to]] of [[5, 100_005] as const, [1_000_000, 2_000_001] as const].entries()) {
      const part = parts[index]?.replace(/^[^]*?\r\n\r\n/, "") ?? "";
      expect(Buffer.from(part, "latin1").equals(content.subarray(from, to))).toBe(true);
    }
  });
}

test("--enable-sendfile: a hundred clients that don't read cost little memory, and nobody else anything", async () => {
  using home = holding({ "small.txt": "small" });
  const path = join(home.path, "huge.bin");
  writeFileSync(path, "");
  // A sparse file: a gigabyte that no disk has to hold.
  truncateSync(path, 1024 * MIB);
  const args = [`--document-root=${home.path}`, "--application-type=static", "--enable-sendfile"];
  await using server = await start(null, args, { until: "banner" });
  await server.text("/small.txt");
  const clients = await Promise.all(Array.from({ length: 100 }, () => bulkClient(server)));
  const growth = await growthDuring(
    { ...server, processes: () => ({ ...server.processes(), workers: [] }) },
    async () => {
      for (const client of clients) await client.send("GET /huge.bin HTTP/1.0\r\n\r\n");
      await settled(server, "the answers of others", () => 1);
    },
  );
  expect(growth["front end"]).toBeLessThan(64 * MIB);
  for (const client of clients) client[Symbol.dispose]();
});

test("--enable-sendfile: a file that shrinks under way resets the connection", async () => {
  using home = holding({});
  const path = join(home.path, "shrinking.bin");
  writeFileSync(path, "");
  truncateSync(path, 512 * MIB);
  const args = [`--document-root=${home.path}`, "--application-type=static", "--enable-sendfile"];
  await using server = await start(null, args, { until: "banner" });
  const client = await bulkClient(server);
  await client.send("GET /shrinking.bin HTTP/1.1\r\nHost: h\r\n\r\n");
  await settled(server, "the start of the download", () => 1);
  truncateSync(path, 1 * MIB);
  client.read();
  await until("the connection to end", () => client.isOver());
  expect(await client.ended).toBe(true);
  expect(client.received()).toBeLessThan(512 * MIB);
});
