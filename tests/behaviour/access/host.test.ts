/** Which clients a script serves at all, and what becomes of a script that can't say. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { edit } from "../process/sources.ts";
import { makeAuthority } from "../tls/authority.ts";
import { startSecure } from "../tls/secure-server.ts";
import { gate, seen, status } from "./gate.ts";

const echo = app("echo.py");

test("--host-access-script: True and no opinion let a client in; everything else is 403, with a reason in the log", async () => {
  await using server = await start(echo, [`--host-access-script=${gate}`]);
  const verdicts = ["true", "none", "false", "number", "name", "list", "raise", "exit"];
  const found: number[] = [];
  for (const verdict of verdicts) found.push(await status(server, `/some/path?${verdict}`));
  expect(found).toEqual([200, 200, 403, 403, 403, 403, 403, 403]);
  await server.waitForLog(
    /\[client 127\.0\.0\.1:\d+\] mod_wsgi \(pid=\d+\): Client denied by server configuration: '.*\/htdocs\/some\/path'\.$/m,
  );
  await server.waitForLog(/Indicator of host accessibility returned from '.*gate\.py' must a boolean or None\.$/m);
  await server.waitForLog(/RuntimeError: this script fails when it is told to$/m);
});

test("--host-access-script: it is asked about files, aliases, other servers, and bodies on their way, for every client there is", async () => {
  using home = folder();
  mkdirSync(join(home.path, "root"));
  writeFileSync(join(home.path, "root", "page.txt"), "a page");
  const files = [`--document-root=${join(home.path, "root")}`, `--url-alias`, "/alias", join(home.path, "root")];
  // Nobody listens there.
  const upstream = ["--proxy-mount-point", "/upstream", "http://127.0.0.1:9/"];
  await using server = await start(echo, [...files, ...upstream, `--host-access-script=${gate}`]);
  for (const path of ["/page.txt", "/alias/page.txt", "/missing", "/upstream/page"]) {
    expect([path, await status(server, `${path}?false`)]).toEqual([path, 403]);
  }
  expect(await status(server, "/upstream/page?true")).toBeGreaterThan(500);
  expect(await server.text("/page.txt?true")).toBe("a page");
  const all = await Promise.all(Array.from({ length: 40 }, (_, i) => status(server, i % 2 ? "/?true" : "/?false")));
  expect(all).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 ? 200 : 403)));
  // What comes while the script is asked is not lost.
  const body = "0123456789".repeat(50_000);
  const { size } = (await (await server.get("/?true", { method: "POST", body })).json()) as { size: number };
  expect(size).toBe(body.length);
  using client = await server.connect();
  client.send("POST /?true HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na");
  client.send("bc");
  expect(await client.read(/"size": \d/)).toContain('"size": 3');
});

test("--host-access-script: it sees the request, not what the user says, and the client whom a trusted proxy names", async () => {
  const proxied = ["--trust-proxy-header=X-Forwarded-For", "--trust-proxy=127.0.0.1", "--setenv", "SECRET", "x"];
  await using server = await start(echo, [`--host-access-script=${gate}`, ...proxied]);
  const headers = { authorization: "Basic eDp5", "x-forwarded-for": "192.0.2.7", "x-own": "1" };
  await (await server.get("/a%20b/c?show", { headers })).text();
  const found = await seen(server);
  expect(found).toMatchObject({
    host: "192.0.2.7",
    REMOTE_ADDR: "192.0.2.7",
    SCRIPT_NAME: "/a b/c",
    PATH_INFO: "",
    REQUEST_URI: "/a%20b/c?show",
    REQUEST_METHOD: "GET",
    HTTP_X_OWN: "1",
    https: false,
    variables: ["off", null, null],
    "mod_wsgi.process_group": "",
    "mod_wsgi.script_reloading": 1,
  });
  for (const key of ["HTTP_AUTHORIZATION", "SECRET", "wsgi.input", "malt.host"])
    expect(found).not.toHaveProperty([key]);
});

test("--host-access-script: it can tell who comes over HTTPS", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const { path } = await authority.issue("localhost");
  await using server = await startSecure(echo, [`--ssl-certificate=${path}`, `--host-access-script=${gate}`]);
  await server.ask("/?show", server.tls(authority));
  expect(await seen(server)).toMatchObject({ https: true, variables: ["on", "localhost", ""] });
});

test("--host-access-script: an edited script counts from the next request on, a broken one lets nobody in", async () => {
  using home = folder();
  const script = join(home.path, "gate.py");
  edit(script, "def allow_access(environ, host): return True");
  await using server = await start(echo, [`--host-access-script=${script}`]);
  const { workers } = server.processes();
  expect(await status(server, "/")).toBe(200);
  edit(script, "def allow_access(environ, host): return False");
  expect(await status(server, "/")).toBe(403);
  edit(script, "def allow_access(environ, host) return True");
  expect(await status(server, "/")).toBe(403);
  await server.waitForLog(/Failed to exec Python script file '.*gate\.py'\.$/m);
  edit(script, "def somebody_else(): pass");
  expect(await status(server, "/")).toBe(403);
  await server.waitForLog(/Target WSGI host access script '.*gate\.py' does not provide host validator\.$/m);
  edit(script, "def allow_access(environ, host): return None");
  expect(await status(server, "/")).toBe(200);
  expect(server.processes().workers).toEqual(workers);
});

test("--host-access-script: one that hangs is 403 after --request-timeout, and others don't wait for it", async () => {
  await using server = await start(echo, [`--host-access-script=${gate}`, "--request-timeout=1"]);
  const stuck = status(server, "/?hang");
  expect(await status(server, "/?true")).toBe(200);
  expect(await stuck).toBe(403);
  await server.waitForLog(/Daemon process request time limit exceeded, stopping process 'access'/);
  await server.waitForLog(/the access script gave no answer: .*: GET \/\?hang$/m);
  expect(await status(server, "/?true")).toBe(200);
});

test("--host-access-script: one that hangs is 403 after --socket-timeout, when that is shorter", async () => {
  await using server = await start(echo, [`--host-access-script=${gate}`, "--socket-timeout=1"]);
  expect(await status(server, "/?hang")).toBe(403);
  await server.waitForLog(
    /the access script gave no answer: the worker sent nothing for longer than --socket-timeout: GET \/\?hang$/m,
  );
  expect(await status(server, "/?true")).toBe(200);
});

test("a worker of access scripts that is killed lets nobody in, is replaced, and requests wait for the new one", async () => {
  await using server = await start(echo, [`--host-access-script=${gate}`, "--log-level=info"]);
  const [, pid = ""] = await server.waitForLog(/\(pid=(\d+)\): Process 'access' is ready/);
  const asked = Array.from({ length: 100 }, (_, i) => status(server, i % 2 ? "/?true" : "/?false"));
  process.kill(Number(pid), "SIGKILL");
  const found = await Promise.all(asked);
  expect(found.filter((code, i) => i % 2 === 0 && code !== 403)).toEqual([]);
  // Those that it had begun can't be asked about again, as scripts may do more than look.
  expect(found.filter((code) => code !== 403 && code !== 200)).toEqual([]);
  await server.waitForLog(/Process 'access' died unexpectedly/);
  expect(await status(server, "/?true")).toBe(200);
});

test("a restart replaces the worker of access scripts like the others, and no request notices", async () => {
  await using server = await start(echo, [`--host-access-script=${gate}`, "--log-level=info"]);
  const before = server.processes().workers;
  process.kill(server.pid, "SIGUSR1");
  const found = new Set<number>();
  await until("all processes to be others", async () => {
    found.add(await status(server, "/?true"));
    const { workers } = server.processes();
    return workers.length === 2 && !workers.some((pid) => before.includes(pid));
  });
  expect([...found]).toEqual([200]);
});

test("with --disable-reloading an edited access script counts after a restart only", async () => {
  using home = folder();
  const script = join(home.path, "gate.py");
  edit(script, "def allow_access(environ, host): return environ['mod_wsgi.script_reloading'] == 0");
  await using server = await start(echo, [`--host-access-script=${script}`, "--disable-reloading"]);
  edit(script, "def allow_access(environ, host): return False");
  expect(await status(server, "/")).toBe(200);
  process.kill(server.pid, "SIGHUP");
  await until("the script to be loaded again", async () => (await status(server, "/")) === 403);
});

test("a client that goes away while a script is asked about it leaves nothing behind", async () => {
  const args = [`--host-access-script=${gate}`, "--request-timeout=1", "--access-log", "--log-level=info"];
  await using server = await start(echo, args);
  const client = await server.connect();
  client.send("GET /?hang HTTP/1.1\r\nHost: h\r\n\r\n");
  await until("the script to be asked", async () => (await status(server, "/?true")) === 200);
  client.reset();
  await server.waitForOutput(/"GET \/\?hang HTTP\/1\.1" /);
  // The thread that hangs ends with its process.
  await server.waitForLog(/Process 'access' has been deregistered/);
  expect(await status(server, "/?true")).toBe(200);
  expect(server.log()).not.toContain("gave no answer: GET /?hang");
});

test("a site of files alone asks scripts too", async () => {
  using home = folder();
  writeFileSync(join(home.path, "page.txt"), "a page");
  const args = ["--application-type=static", `--document-root=${home.path}`, `--host-access-script=${gate}`];
  await using server = await start(null, args);
  expect(await status(server, "/page.txt?false")).toBe(403);
  expect(await server.text("/page.txt?true")).toBe("a page");
});
