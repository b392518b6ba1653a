/** HTTPS on several addresses, and on sockets of a service manager. */

import { expect } from "bun:test";
import { connect } from "node:tls";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { rawClient } from "../../harness/raw.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { makeAuthority } from "./authority.ts";
import { pairOf, startSecure } from "./secure-server.ts";

const activating = [python.path, join(import.meta.dir, "..", "process", "activating.py")];

test("--https-port: it is open on every address, for each front end, and sockets in the file system stay in the clear", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "authority");
  const pair = pairOf(await authority.issue("localhost"));
  const socket = join(home.path, "site.sock");
  const hosts = `--host=127.0.0.1,127.0.0.2,unix:${socket}`;
  await using server = await startSecure(app("hello.py"), [...pair, hosts, "--frontends=2"]);
  for (const host of ["127.0.0.1", "127.0.0.2"]) {
    using client = await rawClient(server.securePort, host, server.tls(authority));
    client.send("GET / HTTP/1.0\r\n\r\n");
    expect(await client.readToEnd()).toContain("Hello, World!");
  }
  using clear = await rawClient(0, socket);
  clear.send("GET / HTTP/1.0\r\n\r\n");
  expect(await clear.readToEnd()).toContain("Hello, World!");
});

test("--https-port: one that is in use is named as such", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "authority");
  const pair = pairOf(await authority.issue("localhost"));
  await using other = await start(app("hello.py"), ["--host=127.0.0.1"]);
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const words = ["start-server", app("hello.py"), `--server-root=${join(home.path, "root")}`, "--host=127.0.0.1"];
  const { code, err } = await run([malt, ...words, "--port=0", `--https-port=${other.port}`, ...pair, ...user]);
  expect(code).toBe(1);
  expect(err).toContain(`port in use: another process listens on port ${other.port} of 127.0.0.1\n`);
  expect(err).toContain("--https-port chooses another");
});

test("a socket of a service manager that is called https, of TCP or in the file system, speaks TLS", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "authority");
  const pair = pairOf(await authority.issue("localhost"));
  const path = join(home.path, "site.sock");
  const program = [...activating, "http:https:https", "127.0.0.1", "127.0.0.1", path, "--", malt];
  await using server = await startSecure(app("echo.py"), pair, { program });
  expect(await server.ask("/", server.tls(authority))).toContain('"wsgi.url_scheme": "https"');

  const local = connect({ path, ...server.tls(authority) });
  local.write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
  let received = "";
  for await (const bytes of local) received += String(bytes);
  expect(received).toContain('"wsgi.url_scheme": "https"');
  expect(received).toContain('"SERVER_PORT": "443"');
});

test("a service manager that opens no socket for --https-port is told which is missing", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "authority");
  const pair = pairOf(await authority.issue("localhost"));
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const words = ["start-server", app("hello.py"), `--server-root=${join(home.path, "root")}`, "--https-port=8443"];
  const { code, err } = await run([...activating, "", "127.0.0.1", "--", malt, ...words, ...pair, ...user]);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("--https-port 8443: the service manager has opened no socket for it"),
  ]);
});
