/** HTTP/2 as clients and applications see it. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { growthDuring } from "../http/growth.ts";
import { notes, site } from "../http/notes.ts";
import { makeAuthority } from "../tls/authority.ts";
import { pairOf, startSecure } from "../tls/secure-server.ts";
import { http2Client, type Answer } from "./client.ts";

const MIB = 1024 * 1024;

interface Echoed {
  readonly environ: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly sha256: string;
}

const echoed = ({ body }: Answer): Echoed => JSON.parse(body.toString()) as Echoed;

test("--http2: clients may begin with it on the plain port, and applications see every detail of a request", async () => {
  await using server = await start(app("echo.py"), ["--http2"]);
  using client = await http2Client(server.url);
  const fields = {
    "x-list": ["a", "b"],
    x_list: "spoofed",
    proxy: "evil",
    cookie: ["a=1", "b=2"],
    "content-length": "4",
  };
  const answer = await client.ask("/a%20b//c?x=%2F&y", { method: "M-SEARCH", fields, body: "body" });
  expect([answer.status, answer.fields["content-type"], answer.fields["server"]]).toEqual([
    200,
    "application/json",
    "Malt",
  ]);
  const { environ, size } = echoed(answer);
  expect(environ).toMatchObject({
    SERVER_PROTOCOL: "HTTP/2.0",
    REQUEST_METHOD: "M-SEARCH",
    REQUEST_URI: "/a%20b//c?x=%2F&y",
    PATH_INFO: "/a b/c",
    QUERY_STRING: "x=%2F&y",
    CONTENT_LENGTH: "4",
    SERVER_PORT: `${server.port}`,
    REMOTE_ADDR: "127.0.0.1",
    HTTP_HOST: `127.0.0.1:${server.port}`,
    HTTP_X_LIST: "a, b",
    HTTP_COOKIE: "a=1; b=2",
    "wsgi.url_scheme": "http",
  });
  expect(environ).not.toHaveProperty("HTTP_PROXY");
  expect(size).toBe(4);
  expect(echoed(await client.ask("/", { body: "a body of GET", fields: { "content-length": "13" } })).size).toBe(13);
  expect(await server.text("/")).toContain('"SERVER_PROTOCOL": "HTTP/1.1"');
});

test("--http2: is offered on HTTPS to clients that know it, beside HTTP/1.1", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const pair = pairOf(await authority.issue("localhost"));
  await using server = await startSecure(app("echo.py"), ["--http2", ...pair]);
  using client = await http2Client(
    `https://127.0.0.1:${server.securePort}`,
    readFileSync(authority.certificate, "utf8"),
  );
  expect(echoed(await client.ask("/")).environ).toMatchObject({
    SERVER_PROTOCOL: "HTTP/2.0",
    "wsgi.url_scheme": "https",
  });
  expect(await server.ask("/", server.tls(authority))).toContain('"SERVER_PROTOCOL": "HTTP/1.1"');
  expect(await server.ask("/", server.tls(authority, { ALPNProtocols: ["http/1.1"] }))).toContain("HTTP/1.1 200");
});

test("--http2: without it neither port speaks HTTP/2", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  await using server = await startSecure(app("hello.py"), pairOf(await authority.issue("localhost")));
  expect(await server.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).toStartWith("HTTP/1.1 505 ");
  const url = `https://127.0.0.1:${server.securePort}`;
  expect(http2Client(url, readFileSync(authority.certificate, "utf8"))).rejects.toThrow();
});

test("--http2: an Upgrade from HTTP/1.1 is not taken up, and the request answered as it is", async () => {
  await using server = await start(app("hello.py"), ["--http2"]);
  const upgrade = "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
  const answer = await server.raw(`GET / HTTP/1.1\r\nHost: malt\r\n${upgrade}\r\n`);
  expect(answer).toStartWith("HTTP/1.1 200 OK");
  for (const method of ["P", "PR", "PUT", "PROPFIND"]) {
    expect(await server.raw(`${method} / HTTP/1.1\r\nHost: malt\r\nConnection: close\r\n\r\n`)).toStartWith(
      "HTTP/1.1 200 OK",
    );
  }
});

test("hundreds of requests at once on one connection are all answered, each with its own", async () => {
  await using server = await start(app("echo.py"), ["--http2", "--processes=2"]);
  using client = await http2Client(server.url);
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  const answers: Answer[] = [];
  // The client has to wait for its turn beyond a hundred; this one doesn't by itself.
  for (let at = 0; at < numbers.length; at += 100) {
    const some = numbers.slice(at, at + 100);
    answers.push(
      ...(await Promise.all(
        some.map((n) =>
          client.ask(`/${n}`, { method: "POST", body: "x".repeat(n), fields: { "content-length": `${n}` } }),
        ),
      )),
    );
  }
  expect(answers.map((answer) => [echoed(answer).environ["PATH_INFO"], echoed(answer).size])).toEqual(
    numbers.map((n) => [`/${n}`, n]),
  );
});

test("bodies of many MiB go both ways, at once", async () => {
  using told = notes();
  const args = ["--http2", "--limit-request-body=0", "--chunked-request"];
  await using server = await start(site, args, { env: told.env });
  using client = await http2Client(server.url);
  const [up, down, unsized] = await Promise.all([
    client.ask("/count", { method: "POST", body: Buffer.alloc(20 * MIB), fields: { "content-length": `${20 * MIB}` } }),
    client.ask("/parts?320x65536"),
    client.ask("/count", { method: "POST", body: Buffer.alloc(3 * MIB) }),
  ]);
  expect([up.body.toString(), down.body.length, unsized.body.toString()]).toEqual([
    `${20 * MIB}`,
    20 * MIB,
    `${3 * MIB}`,
  ]);
});

test("a body arrives as it was sent", async () => {
  await using server = await start(app("echo.py"), ["--http2"]);
  using client = await http2Client(server.url);
  const body = crypto.getRandomValues(Buffer.alloc(65_000));
  const { sha256 } = echoed(await client.ask("/", { method: "POST", body, fields: { "content-length": "65000" } }));
  expect(sha256).toBe(createHash("sha256").update(body).digest("hex"));
});

test("a small body needs no length, a larger one --chunked-request, and one that is too long is 413", async () => {
  await using server = await start(app("echo.py"), ["--http2", "--limit-request-body=200000"]);
  using client = await http2Client(server.url);
  const { environ, size } = echoed(await client.ask("/", { method: "POST", body: "small" }));
  expect([environ["CONTENT_LENGTH"], size]).toEqual(["5", 5]);
  expect((await client.ask("/", { method: "POST", body: "x".repeat(150_000) })).status).toBe(411);
  const fields = { "content-length": "200001" };
  expect((await client.ask("/", { method: "POST", body: "x".repeat(200_001), fields })).status).toBe(413);
  expect((await client.ask("/")).status).toBe(200);
});

test("an application that fails in the middle resets its stream, and no other", async () => {
  await using server = await start(app("failing.py"), ["--http2"]);
  using client = await http2Client(server.url);
  const [cut, short, failed] = await Promise.all([
    client.ask("/in_iteration"),
    client.ask("/too_short_stream"),
    client.ask("/before"),
  ]);
  expect([cut.reset, short.reset, failed.status, failed.reset]).toEqual([2, 2, 500, 0]);
  expect((await client.ask("/recovered")).body.toString()).toBe("recovered");
});

test("files, parts of them and what has not changed", async () => {
  using home = folder();
  const file = join(home.path, "file.bin");
  writeFileSync(file, "0123456789".repeat(100_000));
  await using server = await start(app("file_wrapper.py"), ["--http2", `--url-alias`, "/static", home.path]);
  using client = await http2Client(server.url);
  const whole = await client.ask("/static/file.bin");
  expect([whole.status, whole.body.length, whole.fields["content-length"]]).toEqual([200, 1_000_000, "1000000"]);
  const part = await client.ask("/static/file.bin", { fields: { range: "bytes=5-14" } });
  expect([part.status, part.body.toString()]).toEqual([206, "5678901234"]);
  const etag = whole.fields["etag"] ?? "";
  const same = await client.ask("/static/file.bin", { fields: { "if-none-match": etag } });
  expect([same.status, same.body.length]).toEqual([304, 0]);
  const head = await client.ask("/static/file.bin", { method: "HEAD" });
  expect([head.status, head.fields["content-length"], head.body.length]).toEqual([200, "1000000", 0]);
  const wrapped = await client.ask(`/?path=${file}`);
  expect(wrapped.body.length).toBe(1_000_000);
});

test("an upload that nobody reads and a download that nobody takes cost bounded memory", async () => {
  using told = notes();
  const args = ["--http2", "--limit-request-body=0", "--threads=3"];
  await using server = await start(site, args, { env: told.env });
  using client = await http2Client(server.url);
  await client.ask("/parts?64x65536");
  const growth = await growthDuring(server, async () => {
    const up = client.stream("/gate?open", { method: "POST", fields: { "content-length": `${100 * MIB}` } });
    up.on("error", () => undefined);
    up.write(Buffer.alloc(50 * MIB));
    const down = client.stream("/parts?1600x65536x1");
    down.end();
    down.pause();
    await told.line(/^at open$/);
    await told.line(/^made/);
    // Meanwhile others are served.
    for (let n = 0; n < 50; n++) expect((await client.ask("/echo/")).status).toBe(200);
    const made = told.lines().filter((line) => line.startsWith("made")).length;
    expect(made * 65_536).toBeLessThan(8 * MIB);
    told.open("open");
    up.close(8);
    down.close(8);
  });
  expect(growth["front end"]).toBeLessThan(32 * MIB);
});

test("the access log tells of requests by HTTP/2 as of any other", async () => {
  const format = '"%r" %>s %b %k %I %O %{x-trailer}^ti';
  await using server = await start(app("echo.py"), ["--http2", "--access-log", `--access-log-format=${format}`]);
  using client = await http2Client(server.url);
  await client.ask("/first");
  await client.ask("/logged?x", { method: "POST", body: "body", fields: { "content-length": "4" } });
  const [, body = "", , received = "", sent = ""] = await server.waitForOutput(
    /^"POST \/logged\?x HTTP\/2\.0" 200 (\d+) (\d+) (\d+) (\d+) -$/m,
  );
  expect(Number(received)).toBeGreaterThan(4);
  expect(Number(sent)).toBeGreaterThan(Number(body));
});
