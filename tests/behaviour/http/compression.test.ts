/** --compress-responses: who gets what compressed, that it is the same text, and that nothing waits for it. */

import { expect } from "bun:test";
import { utimesSync, writeFileSync } from "node:fs";
import { createGunzip, gunzipSync } from "node:zlib";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { request, talk, type Answer } from "./conversation.ts";
import { bulkClient, settled } from "./bulk.ts";
import { growthDuring } from "./growth.ts";
import { notes } from "./notes.ts";
import { holding } from "./holding.ts";

const texts = join(import.meta.dir, "apps", "texts.py");
const LINE = "The quick brown fox jumps over the lazy dog, again and again.\n";
const lines = (count: number): string => Array.from({ length: count }, (_, number) => `${number} ${LINE}`).join("");

/** The body of an answer as it was before it was compressed; the client of the harness reads latin-1. */
function unpacked({ fields, body }: Answer): string {
  const bytes = Buffer.from(body, "latin1");
  switch (fields["content-encoding"]) {
    case "gzip":
      return Buffer.from(Bun.gunzipSync(bytes)).toString();
    case "zstd":
      return Bun.zstdDecompressSync(bytes).toString();
    case undefined:
      return bytes.toString();
    default:
      throw new Error(`not expected: ${fields["content-encoding"]}`);
  }
}

test("--compress-responses: each client gets the coding it takes, and the same text", async () => {
  await using server = await start(texts, ["--compress-responses"]);
  for (const way of ["/whole", "/parts"]) {
    for (const coding of ["gzip", "br", "zstd"]) {
      // fetch unpacks it.
      const answer = await server.get(way, { headers: { "Accept-Encoding": coding } });
      expect([coding, answer.headers.get("content-encoding")]).toEqual([coding, coding]);
      expect([answer.headers.get("vary"), answer.headers.get("etag")]).toEqual(["Accept-Encoding", `"v1-${coding}"`]);
      expect(await answer.text()).toBe(lines(100));
    }
  }
  using conversation = await talk(server);
  conversation.send(request("GET /whole", ["Accept-Encoding: gzip, br;q=0"]));
  const whole = await conversation.answer();
  expect(Number(whole.fields["content-length"])).toBeLessThan(lines(100).length / 4);
  expect(unpacked(whole)).toBe(lines(100));
  conversation.send(request("GET /parts", ["Accept-Encoding: gzip"]));
  const parts = await conversation.answer();
  expect(parts.fields["transfer-encoding"]).toBe("chunked");
  expect(unpacked(parts)).toBe(lines(100));
  // One that takes none of them, types that gain nothing, and bodies too small for it.
  conversation.send(request("GET /whole"));
  const plain = await conversation.answer();
  expect([plain.fields["vary"], plain.fields["etag"], plain.body]).toEqual(["Accept-Encoding", '"v1"', lines(100)]);
  for (const target of ["/png", "/whole?1"]) {
    conversation.send(request(`GET ${target}`, ["Accept-Encoding: gzip"]));
    expect((await conversation.answer()).fields["content-encoding"]).toBeUndefined();
  }
  // The server's own pages, too.
  expect((await server.get("/%2f", { headers: { "Accept-Encoding": "gzip" } })).headers.get("vary")).toBeNull();
  const page = await server.get("/raises", { headers: { "Accept-Encoding": "gzip" } });
  expect([page.status, page.headers.get("content-encoding")]).toEqual([500, "gzip"]);
  expect(await page.text()).toContain("<h1>Internal Server Error</h1>");
});

test("--compress-responses: conditions on a compressed response reach the application as its own", async () => {
  await using server = await start(texts, ["--compress-responses"]);
  using conversation = await talk(server);
  for (const tag of ['"v1-gzip"', '"v1"']) {
    conversation.send(request("GET /whole", ["Accept-Encoding: gzip", `If-None-Match: ${tag}`]));
    const { status, fields } = await conversation.answer();
    expect([status, fields["etag"]]).toEqual([304, tag]);
  }
  conversation.send(request("GET /whole", ["Accept-Encoding: gzip", 'If-None-Match: "v0-gzip"']));
  expect((await conversation.answer()).status).toBe(200);
});

test("--compress-responses: files are compressed, validated and ranged as what they are", async () => {
  const large = lines(20_000);
  using home = holding({ "small.css": lines(20), "large.txt": large, "x.png": lines(20) });
  // Files that have just been made have weak validators.
  for (const name of ["small.css", "large.txt"]) utimesSync(join(home.path, name), 1_700_000_000, 1_700_000_000);
  const args = [`--document-root=${home.path}`, "--application-type=static", "--compress-responses"];
  await using server = await start(null, args, { until: "banner" });
  using conversation = await talk(server);
  const get = async (target: string, ...fields: string[]): Promise<Answer> => {
    conversation.send(request(`GET ${target}`, fields));
    return await conversation.answer();
  };
  for (const coding of ["gzip", "zstd"]) {
    const small = await get("/small.css", `Accept-Encoding: ${coding}`);
    expect([unpacked(small), small.fields["accept-ranges"]]).toEqual([lines(20), undefined]);
    expect(small.fields["etag"]).toEndWith(`-${coding}"`);
    expect(unpacked(await get("/large.txt", `Accept-Encoding: ${coding}`))).toBe(large);
    const again = await get("/small.css", `Accept-Encoding: ${coding}`, `If-None-Match: ${small.fields["etag"]}`);
    expect([again.status, again.fields["etag"]]).toEqual([304, small.fields["etag"]]);
  }
  const png = await get("/x.png", "Accept-Encoding: gzip");
  expect([png.body, png.fields["vary"]]).toEqual([lines(20), undefined]);
  const range = await get("/large.txt", "Accept-Encoding: gzip", "Range: bytes=2-4");
  expect([range.status, range.body, range.fields["content-encoding"]]).toEqual([206, large.slice(2, 5), undefined]);
  conversation.send(request("HEAD /large.txt", ["Accept-Encoding: gzip"]));
  const { fields } = await conversation.answer("HEAD");
  expect([fields["content-encoding"], fields["content-length"]]).toEqual(["gzip", undefined]);
});

test("--map-head-to-get: with auto the application sees GET where responses are compressed", async () => {
  await using server = await start(texts, ["--compress-responses"]);
  using conversation = await talk(server);
  conversation.send(request("GET /whole", ["Accept-Encoding: gzip"]));
  const get = await conversation.answer();
  conversation.send(request("HEAD /whole", ["Accept-Encoding: gzip"]));
  const head = await conversation.answer("HEAD");
  expect(head.fields).toEqual({ ...get.fields, date: head.fields["date"] ?? "" });
  expect(head.fields["x-method"]).toBe("GET");
  await using off = await start(texts, ["--compress-responses", "--map-head-to-get=off"]);
  expect((await off.get("/whole", { method: "HEAD" })).headers.get("x-method")).toBe("HEAD");
});

test("--compress-responses: a part of the application can be read at once", async () => {
  using home = holding({});
  const gate = join(home.path, "gate");
  await using server = await start(texts, ["--compress-responses"], { env: { GATE: gate } });
  const client = await server.connect();
  client.send("GET /gated HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
  const unzip = createGunzip();
  let text = "";
  unzip.on("data", (bytes: Buffer) => (text += bytes.toString()));
  let fed = (await client.read(/\r\n\r\n/)).indexOf("\r\n\r\n") + 4;
  const feed = (): void => {
    const received = client.received();
    unzip.write(Buffer.from(received.slice(fed), "latin1"));
    fed = received.length;
  };
  await until("the first part", () => {
    feed();
    return text === "first part\n";
  });
  writeFileSync(gate, "");
  const all = await client.readToEnd();
  expect(gunzipSync(Buffer.from(all.slice(all.indexOf("\r\n\r\n") + 4), "latin1")).toString()).toBe(
    "first part\nsecond part\n",
  );
});

test("--compress-responses: a response that is cut short never looks whole", async () => {
  await using server = await start(texts, ["--compress-responses"]);
  for (const way of ["fails", "short"]) {
    using client = await server.connect();
    client.send(`GET /${way} HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n`);
    const received = await client.readToEnd();
    expect(received).toContain("Content-Encoding: gzip");
    expect(received).not.toContain("\r\n0\r\n");
    expect(client.wasReset()).toBe(true);
  }
  // And the server goes on.
  expect(await server.text("/parts?3")).toBe(lines(3));
});

test("--compress-responses: a client that doesn't read holds the application back, and memory is bounded", async () => {
  using told = notes();
  await using server = await start(texts, ["--compress-responses", "--threads=2"], { env: told.env });
  for await (const _ of (await server.get("/noise?64")).body ?? []);
  using client = await bulkClient(server);
  const before = told.lines().length;
  const growth = await growthDuring(server, async () => {
    await client.send("GET /noise?4000 HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    const made = await settled(server, "the application", () => told.lines().length - before);
    expect(made).toBeLessThan(1000);
    client.read();
    expect(await client.ended).toBe(false);
  });
  expect(told.lines().length - before).toBe(4000);
  expect(client.received()).toBeGreaterThan(4000 * 32 * 1024);
  expect(growth["front end"]).toBeLessThan(64 * 1024 * 1024);
});

test("--compress-responses: what directives say of a response comes first", async () => {
  using home = holding({ "packed.css.gz": "not really", "plain.css": lines(20), "site.conf": "" });
  writeFileSync(join(home.path, "packed.css.gz"), Bun.gzipSync(lines(20)));
  writeFileSync(
    join(home.path, "site.conf"),
    "AddType text/css .gz\nAddEncoding gzip .gz\n<Files plain.css>\nHeader set Cache-Control no-transform\n</Files>\n",
  );
  const args = [`--document-root=${home.path}`, "--application-type=static", "--compress-responses"];
  await using server = await start(null, [...args, `--include-file=${join(home.path, "site.conf")}`], {
    until: "banner",
  });
  const packed = await server.get("/packed.css.gz", { headers: { "Accept-Encoding": "gzip, br" } });
  expect([packed.headers.get("content-encoding"), await packed.text()]).toEqual(["gzip", lines(20)]);
  const plain = await server.get("/plain.css", { headers: { "Accept-Encoding": "gzip, br" } });
  expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, lines(20)]);
});

test("--compress-responses: beyond a hundred responses at a time the next are sent as they are", async () => {
  using home = holding({});
  const gate = join(home.path, "gate");
  const args = ["--compress-responses", "--threads=110"];
  await using server = await start(texts, args, { env: { GATE: gate } });
  const headers = { "Accept-Encoding": "gzip" };
  const first = await Promise.all(Array.from({ length: 100 }, () => server.get("/gated", { headers })));
  expect(new Set(first.map((answer) => answer.headers.get("content-encoding")))).toEqual(new Set(["gzip"]));
  const next = await server.get("/gated", { headers });
  expect(next.headers.get("content-encoding")).toBeNull();
  writeFileSync(gate, "");
  for (const answer of [...first, next]) expect(await answer.text()).toBe("first part\nsecond part\n");
  const again = await server.get("/parts?10", { headers });
  expect([again.headers.get("content-encoding"), await again.text()]).toEqual(["gzip", lines(10)]);
});
