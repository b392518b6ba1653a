/** What the application sees of a client behind a proxy, and of one that only says so. */

import { expect } from "bun:test";
import { connect } from "node:net";
import { app } from "../../harness/apps.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { ask, environOf, told } from "./asked.ts";

const echo = app("echo.py");
const ALL = ["Forwarded-For", "Forwarded-Proto", "Forwarded-Host", "Forwarded-Port", "Forwarded-Server", "Script-Name"];
const TRUSTED = ALL.map((name) => `--trust-proxy-header=X-${name}`);
const CLAIMS = [
  "X-Forwarded-For: 198.51.100.1, 192.0.2.1",
  "X-Forwarded-Proto: https",
  "X-Forwarded-Host: public.test",
  "X-Forwarded-Port: 443",
  "X-Forwarded-Server: balancer.test",
  "X-Script-Name: /shop",
  "X-Real-IP: 203.0.113.9",
];

const seen = (text: string) => [...text.matchAll(/"REMOTE_ADDR": "([^"]*)"/g)].map(([, address]) => address);

test("--trust-proxy-header: what a trusted proxy says of its client is what the application and the log see", async () => {
  const logging = ["--access-log", "--access-log-format=%a %h %{c}a %V"];
  await using server = await start(echo, [...TRUSTED, "--trust-proxy=127.0.0.1", ...logging]);
  const environ = environOf(await ask(server, "backend:8000", { lines: CLAIMS, target: "/basket" }));
  expect(environ).toMatchObject({
    REMOTE_ADDR: "192.0.2.1",
    HTTP_X_FORWARDED_FOR: "192.0.2.1",
    "wsgi.url_scheme": "https",
    REQUEST_SCHEME: "http",
    HTTP_HOST: "public.test",
    SERVER_NAME: "balancer.test",
    SERVER_PORT: "443",
    SCRIPT_NAME: "/shop",
    PATH_INFO: "/basket",
    "mod_wsgi.mount_point": "/shop",
  });
  expect(environ).not.toContainKeys(["HTTP_X_REAL_IP", "HTTPS"]);
  await server.waitForOutput(/^192\.0\.2\.1 192\.0\.2\.1 127\.0\.0\.1 public\.test$/m);
  // The proxy's own request, such as a health check, is the proxy's.
  const own = environOf(await ask(server, "backend:8000"));
  expect(own).toMatchObject({
    REMOTE_ADDR: "127.0.0.1",
    SERVER_NAME: "backend",
    SCRIPT_NAME: "",
    "wsgi.url_scheme": "http",
  });
});

test("--trust-proxy-header: Forwarded tells all of it at once", async () => {
  await using server = await start(echo, ["--trust-proxy-header=Forwarded", "--trust-proxy=127.0.0.0/8"]);
  const lines = [
    'Forwarded: for=198.51.100.1;host=evil.test, for="[2001:db8::1]:4711";proto=https;host="public.test:8443"',
  ];
  expect(environOf(await ask(server, "backend", { lines: [...lines, "X-Forwarded-For: 203.0.113.9"] }))).toMatchObject({
    REMOTE_ADDR: "2001:db8::1",
    "wsgi.url_scheme": "https",
    HTTP_HOST: "public.test:8443",
  });
});

test("--trust-proxy-header: each kept connection has its clients told apart", async () => {
  await using server = await start(echo, ["--trust-proxy-header=X-Forwarded-For", "--trust-proxy=127.0.0.1"]);
  using client = await server.connect();
  const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.1", ""];
  for (const address of addresses) {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${address === "" ? "" : `X-Forwarded-For: ${address}\r\n`}\r\n`);
  }
  const received = await client.read((text) => seen(text).length === addresses.length);
  expect(seen(received)).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.1", "127.0.0.1"]);
});

test("--trust-proxy-header: redirects lead to the address that the client knows", async () => {
  await using server = await start(app("hello.py"), [...TRUSTED, "--mount-point=/app"]);
  const { status, location } = await ask(server, "backend:8000", { lines: CLAIMS, target: "/app" });
  expect([status, location]).toEqual([301, "https://public.test/app/"]);
});

test("--trust-proxy: a peer that is not listed is told nothing of, and what it claims is hidden", async () => {
  await using server = await start(echo, [...TRUSTED, "--trust-proxy=192.0.2.0/24 fd00::/8", "--trust-proxy=10.1"]);
  const environ = environOf(await ask(server, "site.test", { lines: [...CLAIMS, "X-Forwarded-SSL: on"] }));
  expect(environ).toMatchObject({
    REMOTE_ADDR: "127.0.0.1",
    "wsgi.url_scheme": "http",
    HTTP_HOST: "site.test",
    SERVER_NAME: "site.test",
    SCRIPT_NAME: "",
  });
  expect(Object.keys(environ).filter((key) => /^HTTP_(X_|FORWARDED)/.test(key))).toEqual([]);
  await ask(server, "site.test", { lines: CLAIMS });
  await server.waitForLog(/127\.0\.0\.1 sent x-forwarded-for, .* but --trust-proxy does not name it/);
  expect(server.log().match(/does not name it/g)).toHaveLength(1);
});

const V1 = "PROXY TCP4 192.0.2.1 198.51.100.2 55555 8443\r\n";
const V2 = Buffer.from("0d0a0d0a000d0a515549540a2111000cc0000201c6336402d90320fb", "hex");
const LOCAL = Buffer.from("0d0a0d0a000d0a515549540a20000000", "hex");

test("--proxy-protocol: the client is the one that the balancer tells of, in both versions", async () => {
  const logging = ["--access-log", "--access-log-format=%a %{remote}p %A %s"];
  await using server = await start(echo, ["--proxy-protocol=127.0.0.1", ...logging]);
  for (const preface of [V1, V2]) {
    expect(environOf(await ask(server, "site.test", { preface }))).toMatchObject({
      REMOTE_ADDR: "192.0.2.1",
      REMOTE_PORT: "55555",
      SERVER_ADDR: "198.51.100.2",
      SERVER_PORT: "8443",
    });
  }
  for (const preface of ["PROXY UNKNOWN\r\n", LOCAL]) {
    expect(environOf(await ask(server, "site.test", { preface }))).toMatchObject({ REMOTE_ADDR: "127.0.0.1" });
  }
  await server.waitForOutput(/^192\.0\.2\.1 55555 198\.51\.100\.2 200$/m);
});

test("--proxy-protocol: the header may come in pieces, and requests follow it as usual", async () => {
  await using server = await start(echo, ["--proxy-protocol=127.0.0.1"]);
  using client = await server.connect();
  for (const byte of V1) {
    client.send(byte);
    await new Promise(setImmediate);
  }
  const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(request);
  await client.read(/"REMOTE_ADDR": "192\.0\.2\.1"/);
  client.send(request + request);
  await client.read((text) => text.match(/"REMOTE_ADDR": "192\.0\.2\.1"/g)?.length === 3);
});

test("--proxy-protocol: a balancer without the header is dropped, and the log says so; silence is over with --header-timeout", async () => {
  await using server = await start(echo, ["--proxy-protocol=127.0.0.1", "--header-timeout=1"]);
  using client = await server.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  expect(await client.readToEnd()).toBe("");
  await server.waitForLog(
    /its peer is listed in --proxy-protocol, but the connection does not begin with a PROXY header/,
  );
  using silent = await server.connect();
  silent.send("PROXY TCP4 ");
  expect(await silent.readToEnd()).toBe("");
  await server.waitForLog(/its header did not come within --header-timeout/);
});

test("--proxy-protocol: who is not listed is served as it is, and its header is no request", async () => {
  await using server = await start(echo, ["--proxy-protocol=127.0.0.2/32"]);
  expect(environOf(await ask(server, "a"))).toMatchObject({ REMOTE_ADDR: "127.0.0.1" });
  expect((await ask(server, "a", { preface: V1 })).status).toBe(400);
  // Linux has all of 127.0.0.0/8 on the loopback interface.
  const listed = connect({ host: "127.0.0.1", port: server.port, localAddress: "127.0.0.2" });
  listed.end(`${V1}GET / HTTP/1.0\r\n\r\n`);
  const answer = told(Buffer.concat(await Array.fromAsync(listed as AsyncIterable<Buffer>)).toString("latin1"));
  expect(environOf(answer)).toMatchObject({ REMOTE_ADDR: "192.0.2.1" });
});
