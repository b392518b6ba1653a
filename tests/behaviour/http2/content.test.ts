/** Compression, error documents and overridden errors by HTTP/2: the same as by HTTP/1. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { holding } from "../http/holding.ts";
import { http2Client } from "./client.ts";

const apps = join(import.meta.dir, "..", "http", "apps");
const LINE = "The quick brown fox jumps over the lazy dog, again and again.\n";
const lines = (count: number): string => Array.from({ length: count }, (_, number) => `${number} ${LINE}`).join("");

test("--compress-responses: by HTTP/2 too, many at a time", async () => {
  using home = holding({});
  // Large enough to be compressed as it is read.
  writeFileSync(join(home.path, "large.txt"), lines(50_000));
  const args = ["--http2", "--compress-responses", `--document-root=${home.path}`];
  await using server = await start(join(apps, "texts.py"), args);
  using client = await http2Client(server.url);
  const paths = ["/whole?1000", "/parts?3000", "/large.txt", "/parts?10", "/whole?200", "/large.txt"];
  const answers = await Promise.all(paths.map((path) => client.ask(path, { fields: { "accept-encoding": "br" } })));
  for (const [index, { fields, body, reset }] of answers.entries()) {
    expect([paths[index], fields["content-encoding"], reset]).toEqual([paths[index], "br", 0]);
    const count = Number(/\d+$/.exec(`${paths[index]}`)?.[0] ?? 50_000);
    expect(brotliDecompressSync(body).toString() === lines(count)).toBe(true);
  }
  for (const path of ["/fails", "/short"]) {
    expect((await client.ask(path, { fields: { "accept-encoding": "br" } })).reset).not.toBe(0);
  }
});

test("--error-document: by HTTP/2 too, with errors of the application", async () => {
  using home = holding({ "404.html": "<h1>Lost</h1>" });
  const args = ["--http2", "--error-override", `--document-root=${home.path}`];
  const documents = ["--error-document", "404", "/404.html", "--error-document", "500", "/203/told"];
  await using server = await start(join(apps, "errors.py"), [...args, ...documents]);
  using client = await http2Client(server.url);
  const asked = ["/404/stream", "/404/endless", "/200/raise", "/418/file"].map((path) => client.ask(path));
  const [lost, endless, raised, teapot] = await Promise.all(asked);
  expect([lost?.status, lost?.body.toString()]).toEqual([404, "<h1>Lost</h1>"]);
  expect([endless?.status, endless?.body.toString()]).toEqual([404, "<h1>Lost</h1>"]);
  expect(raised?.status).toBe(203);
  expect(JSON.parse(`${raised?.body}`)).toMatchObject({ REDIRECT_STATUS: "500", REDIRECT_URL: "/200/raise" });
  expect([teapot?.status, teapot?.fields["content-type"]]).toEqual([418, "text/html; charset=utf-8"]);
  const fields = { "content-length": "100000" };
  const posted = await client.ask("/200/raise", { method: "POST", fields, body: "x".repeat(100_000) });
  expect(posted.status).toBe(203);
});

test("--error-document: what is refused gets files of the site by HTTP/2 too", async () => {
  using home = holding({ "page.html": "<h1>Refused</h1>" });
  const args = ["--http2", "--limit-request-body=10", `--document-root=${home.path}`];
  const documents = ["--error-document", "413", "/page.html", "--error-document", "400", "/203/told"];
  await using server = await start(join(apps, "errors.py"), [...args, ...documents]);
  using client = await http2Client(server.url);
  const large = await client.ask("/200/told", { method: "POST", body: "x".repeat(11) });
  expect([large.status, large.fields["content-type"], `${large.body}`]).toEqual([413, "text/html", "<h1>Refused</h1>"]);
  const bad = await client.ask("/%zz");
  expect([bad.status, bad.fields["content-type"]]).toEqual([400, "text/html; charset=utf-8"]);
});
