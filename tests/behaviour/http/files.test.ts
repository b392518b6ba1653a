/** Static files in front of the application. */

import { expect } from "bun:test";
import { statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { request, talk } from "./conversation.ts";
import { holding } from "./holding.ts";
import { site } from "./notes.ts";

test("--document-root: a file is served before the application is asked, everything else is the application's", async () => {
  using home = holding({ "echo/logo.txt": "logo", "echo/sub/x.css": "css" });
  await using server = await start(site, [`--document-root=${home.path}`]);
  expect(await server.text("/echo/logo.txt")).toBe("logo");
  expect(await server.text("/echo/logo.txt?v=2")).toBe("logo");
  // As in the original, also for POST.
  expect(await server.text("/echo/logo.txt", { method: "POST", body: "x" })).toBe("logo");
  expect(await server.text("/echo/other.txt")).toBe("GET /echo/other.txt ");
  expect(await server.text("/echo/sub/")).toBe("GET /echo/sub/ ");
  expect((await server.get("/echo/logo.txt/more")).status).toBe(404);
  const bare = await server.get("/echo/sub");
  expect([bare.status, bare.headers.get("location")]).toEqual([301, `${server.url}/echo/sub/`]);

  writeFileSync(join(home.path, "echo/new.txt"), "made later");
  expect(await server.text("/echo/new.txt")).toBe("made later");
});

test("--document-root: an index.html in it is served for its directory, also for the root of the site", async () => {
  using home = holding({ "index.html": "front", "echo/index.html": "echo" });
  await using server = await start(site, [`--document-root=${home.path}`]);
  expect(await server.text("/")).toBe("front");
  expect(await server.text("/echo/")).toBe("echo");
});

test("--document-root: the last part of the path is made; more than that is an error before the start", async () => {
  using home = folder();
  await using server = await start(site, [`--document-root=${join(home.path, "made")}`]);
  expect(await server.text("/echo/")).toBe("GET /echo/ ");

  const missing = join(home.path, "not", "there");
  const root = `--server-root=${join(home.path, "root")}`;
  const words = ["start-server", site, "--port=0", root, `--python=${python.path}`];
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const { code, err } = await run([malt, ...words, ...user, `--document-root=${missing}`]);
  expect(code).not.toBe(0);
  expect(err).toContain("--document-root");
  expect(err).toContain(missing);
});

test("--directory-index: names the file for a directory, in order, and keeps directories from the application", async () => {
  using home = holding({ "echo/a/home.htm": "home", "echo/b/main.htm": "main", "echo/c/index.html": "unused" });
  const args = [`--document-root=${home.path}`, "--directory-index=home.htm main.htm"];
  await using server = await start(site, args);
  expect(await server.text("/echo/a/")).toBe("home");
  expect(await server.text("/echo/b/")).toBe("main");
  expect((await server.get("/echo/c/")).status).toBe(404);
  expect((await server.get("/")).status).toBe(404);
  expect(await server.text("/echo/d/")).toBe("GET /echo/d/ ");
});

test("--url-alias: maps a file and a directory, in front of document root and application", async () => {
  using home = holding({
    "public/a.txt": "alias a",
    "icon.ico": "icon",
    "root/static/a.txt": "root a",
    "public/d/index.html": "d",
  });
  const at = (name: string): string => join(home.path, name);
  const alias = (url: string, name: string): string[] => ["--url-alias", url, at(name)];
  const args = [`--document-root=${at("root")}`, ...alias("/static", "public"), ...alias("/favicon.ico", "icon.ico")];
  await using server = await start(site, args);
  expect(await server.text("/static/a.txt")).toBe("alias a");
  expect(await server.text("/static/d/")).toBe("d");
  expect(await server.text("/favicon.ico")).toBe("icon");
  expect((await server.get("/favicon.ico/more")).status).toBe(404);
  // Never the application, nor the document root.
  expect((await server.get("/static/missing")).status).toBe(404);
  expect((await server.get("/static/")).status).toBe(404);
  const bare = await server.get("/static");
  expect([bare.status, bare.headers.get("location")]).toEqual([301, `${server.url}/static/`]);
});

test("--url-alias: the longest prefix wins whatever the order, and covers whole segments only", async () => {
  using home = holding({ "one/x.txt": "one", "two/x.txt": "two" });
  const [one, two] = [join(home.path, "one"), join(home.path, "two")];
  const args = [
    "--url-alias",
    "/echo/s",
    one,
    "--url-alias",
    "/echo/s/deep/",
    two,
    "--url-alias",
    "/echo/gone",
    "/nowhere",
  ];
  await using server = await start(site, args);
  expect(await server.text("/echo/s/x.txt")).toBe("one");
  expect(await server.text("/echo/s/deep/x.txt")).toBe("two");
  expect(await server.text("/echo/sx/x.txt")).toBe("GET /echo/sx/x.txt ");
  using client = await talk(server);
  client.send(request("GET /echo/s/%2e%2e/s/deep/%2e%2e/x.txt") + request("GET /echo/s/../../../etc/passwd"));
  expect((await client.answer()).body).toBe("one");
  expect((await client.answer()).status).toBe(400);
  expect((await server.get("/echo/gone/x")).status).toBe(403);
});

test("--url-alias: a target may be named relative to where the server is started", async () => {
  using home = holding({ "public/a.txt": "a" });
  await using server = await start(site, ["--url-alias", "/static", "public"], { cwd: home.path });
  expect(await server.text("/static/a.txt")).toBe("a");
});

test("--mime-types: a file of types replaces the built-in table; without it the usual types are known", async () => {
  using home = holding({
    "root/a.malt": "x",
    "root/a.html": "x",
    "root/a.unknown": "x",
    types: "# comment\ntext/x-malt  malt mlt # more\n",
  });
  const root = `--document-root=${join(home.path, "root")}`;
  const typesOf = async (args: string[]): Promise<(string | null)[]> => {
    await using server = await start(site, [root, ...args]);
    const found: (string | null)[] = [];
    for (const name of ["a.malt", "a.html", "a.unknown"])
      found.push((await server.get(`/${name}`)).headers.get("content-type"));
    return found;
  };
  expect(await typesOf([])).toEqual([null, "text/html", null]);
  expect(await typesOf([`--mime-types=${join(home.path, "types")}`])).toEqual(["text/x-malt", null, null]);
});

test("--directory-listing: a directory without an index is listed, what can't be had or is private is not", async () => {
  using home = holding({
    "dir/b.txt": "12345",
    "dir/.hidden": "",
    "dir/.htpasswd": "",
    "dir/sub/x": "",
    "full/index.html": "i",
  });
  symlinkSync("nowhere", join(home.path, "dir", "dangling"));
  writeFileSync(Buffer.from(join(home.path, "dir", "caf\xe9<b>"), "latin1"), "");
  const args = [`--document-root=${home.path}`, "--application-type=static", "--directory-listing"];
  await using server = await start(null, args, { until: "banner" });
  const answer = await server.get("/dir/?C=N;O=D");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const page = await answer.text();
  const links = [...page.matchAll(/<td class="name".*?<a href="([^"]*)"/g)].map(([, link]) => link);
  expect(links).toEqual(["../", "./sub/", "./caf%E9%3Cb%3E", "./b.txt", "./.hidden"]);
  expect(page).toContain('title="5 bytes"');
  for (const link of links) expect((await server.get(`/dir/${link}`)).status).toBe(200);
  expect(await server.text("/full/")).toBe("i");
  expect((await server.get("/dir")).headers.get("location")).toBe(`${server.url}/dir/`);
  const head = await server.get("/dir/", { method: "HEAD" });
  expect(Number(head.headers.get("content-length"))).toBe(Buffer.byteLength(await server.text("/dir/")));
  expect((await server.get("/dir/", { method: "POST" })).status).toBe(405);
});

test("--directory-listing: many clients and many files are answered while others are", async () => {
  using home = folder();
  for (let number = 0; number < 12_000; number++) writeFileSync(join(home.path, `${number}`), "");
  const args = [`--document-root=${home.path}`, "--application-type=static", "--directory-listing"];
  await using server = await start(null, args, { until: "banner" });
  const pages = Array.from({ length: 8 }, () => server.text("/"));
  expect((await server.get("/1")).status).toBe(200);
  for (const page of await Promise.all(pages)) {
    expect(page.match(/<tr>/g)?.length).toBe(10_001);
    expect(page).toContain("These are the first 10000 of 12000 entries.");
  }
});

test("--precompressed: who takes it gets the file that was compressed beforehand, with a validator and ranges of its own", async () => {
  using home = holding({ "app.js": "plain", "app.js.gz": "gzipped", "app.js.br": "brotli", "alone.js": "alone" });
  const args = [`--document-root=${home.path}`, "--application-type=static", "--precompressed"];
  await using server = await start(null, args, { until: "banner" });
  using conversation = await talk(server);
  const get = async (target: string, ...fields: string[]): Promise<unknown[]> => {
    conversation.send(request(`GET ${target}`, fields));
    const answer = await conversation.answer();
    const { "content-encoding": coding, "content-type": type, vary } = answer.fields;
    return [answer.status, answer.body, coding, type, vary];
  };
  const vary = "Accept-Encoding";
  expect(await get("/app.js")).toEqual([200, "plain", undefined, "text/javascript", vary]);
  expect(await get("/app.js", "Accept-Encoding: gzip")).toEqual([200, "gzipped", "gzip", "text/javascript", vary]);
  expect(await get("/app.js", "Accept-Encoding: gzip, br")).toEqual([200, "brotli", "br", "text/javascript", vary]);
  const range = await get("/app.js", "Accept-Encoding: gzip", "Range: bytes=1-2");
  expect(range).toEqual([206, "zi", "gzip", "text/javascript", vary]);
  expect(await get("/alone.js", "Accept-Encoding: gzip")).toEqual([
    200,
    "alone",
    undefined,
    "text/javascript",
    undefined,
  ]);
  const [plain, gzipped] = await Promise.all(
    ["identity", "gzip"].map((coding) =>
      server.get("/app.js", { method: "HEAD", headers: { "Accept-Encoding": coding } }),
    ),
  );
  expect(plain?.headers.get("etag")).not.toBe(gzipped?.headers.get("etag"));
});

test("a small file that is served from memory is seen to change, whatever its times say", async () => {
  using home = holding({ "f.txt": "old" });
  const path = join(home.path, "f.txt");
  const modified = statSync(path).mtimeMs / 1000;
  const args = [`--document-root=${home.path}`, "--application-type=static"];
  await using server = await start(null, args, { until: "banner" });
  await until("the file to be old enough to be kept", () => Date.now() - statSync(path).ctimeMs > 1000);
  for (let again = 0; again < 3; again++) expect(await server.text("/f.txt")).toBe("old");
  writeFileSync(path, "new");
  utimesSync(path, modified, modified);
  const changedMs = Date.now();
  await until("the new file", async () => (await server.text("/f.txt")) === "new");
  // 10 ms are what a look is trusted for; the rest is for a loaded machine.
  expect(Date.now() - changedMs).toBeLessThan(1000);
});
