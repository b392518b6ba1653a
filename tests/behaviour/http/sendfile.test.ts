/** --enable-sendfile: the bytes are the same, in order, whoever takes them and how. */

import { expect } from "bun:test";
import { readdirSync, readlinkSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt } from "../../harness/binary.ts";
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

/** Files below `path` that a process has open. */
function openBelow(pid: number, path: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return [];
    }
  });
}

for (const options of [[], ["--enable-sendfile"]]) {
  test(`--enable-sendfile: a file that is kept arrives whole at any pace (${options.join()})`, async () => {
    using home = holding({});
    const content = pattern(100_000);
    const path = join(home.path, "kept.bin");
    writeFileSync(path, content);
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(path, longAgo, longAgo);
    // Nothing is kept of a file that changed just now.
    await until("the file to have settled", () => Date.now() - statSync(path).ctimeMs > 1100);
    const args = [`--document-root=${home.path}`, "--application-type=static", ...options];
    await using server = await start(null, args, { until: "banner" });
    using conversation = await talk(server);
    // Far more at once than any socket takes, and between them others: what waits is kept in order.
    const rounds = 60;
    const round = request("GET /kept.bin") + request("GET /nothing") + request("HEAD /kept.bin");
    conversation.send(round.repeat(rounds));
    for (let index = 0; index < rounds; index += 1) {
      const whole = await conversation.answer();
      expect(Buffer.from(whole.body, "latin1").equals(content)).toBe(true);
      expect((await conversation.answer()).status).toBe(404);
      expect((await conversation.answer("HEAD")).status).toBe(200);
    }
    const [frontEnd = 0] = server.processes().frontEnds;
    expect(openBelow(frontEnd, path)).toEqual(options.length > 0 ? [path] : []);
    // Another file in its place is soon what is sent.
    const other = content.map((byte) => byte ^ 0xff);
    writeFileSync(`${path}.new`, other);
    utimesSync(`${path}.new`, longAgo, longAgo);
    renameSync(`${path}.new`, path);
    await until("the new file", async () => {
      conversation.send(request("GET /kept.bin"));
      return Buffer.from((await conversation.answer()).body, "latin1").equals(other);
    });
    expect(openBelow(frontEnd, path)).toEqual([]);
  });
}

test("--enable-sendfile: files that stay open leave the descriptors to clients where these are few", async () => {
  const names = Array.from({ length: 60 }, (_, number) => `${number}.bin`);
  using home = holding(Object.fromEntries(names.map((name) => [name, "x".repeat(40_000)])));
  const last = join(home.path, names.at(-1) ?? "");
  await until("the files to have settled", () => Date.now() - statSync(last).ctimeMs > 1100);
  const program = ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"', malt];
  const args = [`--document-root=${home.path}`, "--application-type=static", "--enable-sendfile"];
  await using server = await start(null, args, { program, until: "banner" });
  for (const name of names) expect(await server.text(`/${name}`)).toHaveLength(40_000);
  const [frontEnd = 0] = server.processes().frontEnds;
  expect(openBelow(frontEnd, home.path)).toHaveLength(12);
});

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
