/** Listening in the file system. */

import { expect } from "bun:test";
import { chmodSync, chownSync, existsSync, lstatSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder, type Folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { rawClient } from "../../harness/raw.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const GET = "GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n";
const isRoot = process.getuid?.() === 0;

async function environOf(server: Server, init: RequestInit = {}): Promise<Record<string, string>> {
  return ((await (await server.get("/", init)).json()) as { environ: Record<string, string> }).environ;
}

/** A folder with the path of a socket that isn't there yet. */
function place(): Folder & { readonly socket: string } {
  const home = folder();
  return Object.assign(home, { socket: join(home.path, "site.sock") });
}

/** Runs a server that is expected not to start. */
async function refused(...args: string[]): Promise<Ended> {
  using home = folder();
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const root = `--server-root=${join(home.path, "root")}`;
  return await run([malt, "start-server", app("hello.py"), root, `--python=${python.path}`, ...user, ...args]);
}

/** A socket on which nobody listens any more, as a killed server leaves it. */
async function leaveBehind(path: string): Promise<void> {
  const code = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  expect((await run([python.path, "-c", code, path])).code).toBe(0);
}

test("--host: unix:PATH is a socket in the file system, the only one listened on, and goes with the server", async () => {
  using home = place();
  await using server = await start(app("echo.py"), [`--host=unix:${home.socket}`]);
  expect(server.output()).toContain(`: http+unix://${encodeURIComponent(home.socket)}/`);
  expect(lstatSync(home.socket).isSocket()).toBe(true);
  const { out } = await run(["ss", "-Hltnp"]);
  expect(out).not.toContain(`pid=${server.pid},`);
  expect(await server.stop()).toBe(0);
  expect(existsSync(home.socket)).toBe(false);
});

test("--host: a client of unix:PATH has no address, and the port is that of the Host it asks for", async () => {
  using home = place();
  await using server = await start(app("echo.py"), [`--host=unix:${home.socket}`, "--access-log", "--log-level=info"]);
  const environ = await environOf(server, { headers: { Host: "site.test" } });
  expect(environ).toMatchObject({
    REMOTE_ADDR: "",
    SERVER_ADDR: `unix:${home.socket}`,
    SERVER_NAME: "site.test",
    SERVER_PORT: "80",
    "mod_wsgi.process_group": `unix:${home.socket}`,
    "mod_wsgi.listener_host": `unix:${home.socket}`,
  });
  expect(environ).not.toHaveProperty("REMOTE_PORT");
  expect(await environOf(server, { headers: { Host: "site.test:8443" } })).toMatchObject({ SERVER_PORT: "8443" });
  expect(await server.raw("GET / HTTP/1.0\r\n\r\n")).toContain('"SERVER_NAME": "localhost"');
  await server.waitForOutput(/^- - - \[[^\]]+\] "GET \/ HTTP\/1.0" 200 /m);
  await server.raw("nonsense\r\n\r\n");
  await server.waitForLog(new RegExp(`\\[client unix:${home.socket}\\] request refused with 400`));
});

test("--host: several front ends share one socket in the file system", async () => {
  using home = place();
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`, "--frontends=2"]);
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.text("/")));
  expect(new Set(answers)).toEqual(new Set(["Hello, World!\n"]));
  for (const pid of server.processes().frontEnds) {
    const before = server.processes().frontEnds;
    process.kill(pid, "SIGKILL");
    // Somebody accepts all the time.
    expect(await server.text("/")).toBe("Hello, World!\n");
    await until("another front end", () => server.processes().frontEnds.some((now) => !before.includes(now)));
  }
});

test("--host: of several addresses each is listened on, and the first names the site", async () => {
  using home = place();
  const hosts = `--host=127.0.0.1, 127.0.0.2,unix:${home.socket},127.0.0.1`;
  await using server = await start(app("echo.py"), [hosts, "--frontends=2"]);
  expect(server.host).toBe("127.0.0.1");
  expect(server.output()).toMatch(/^Other URLs +: http:\/\/127\.0\.0\.2:\d+\/ http\+unix:\S+$/m);
  for (const host of ["127.0.0.1", "127.0.0.2", home.socket]) {
    using client = await rawClient(server.port, host);
    client.send(GET);
    const answer = await client.readToEnd();
    expect(answer).toContain(`"SERVER_ADDR": "${host.startsWith("/") ? "unix:" : ""}${host}"`);
    expect(answer).toContain('"mod_wsgi.listener_host": "127.0.0.1"');
  }
});

test("--port: of several addresses the one whose port is in use is named, and nothing is left of the others", async () => {
  using home = place();
  await using other = await start(app("hello.py"), ["--host=127.0.0.2"]);
  const { code, err } = await refused(`--host=127.0.0.1,127.0.0.2,unix:${home.socket}`, `--port=${other.port}`);
  expect(code).toBe(1);
  expect(err).toContain(`port in use: another process listens on port ${other.port} of 127.0.0.2\n`);
  expect(existsSync(home.socket)).toBe(false);
});

test("--host: a socket that a killed server left is replaced", async () => {
  using home = place();
  await leaveBehind(home.socket);
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`]);
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--host: a socket on which somebody listens, and what is no socket, are left alone and named", async () => {
  using home = place();
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`]);
  const inUse = await refused(`--host=unix:${home.socket}`);
  expect({ code: inUse.code, err: inUse.err }).toEqual({
    code: 1,
    err: expect.stringContaining(`socket in use: another process listens on ${home.socket}\n`),
  });
  expect(await server.text("/")).toBe("Hello, World!\n");

  const file = join(home.path, "file");
  writeFileSync(file, "precious");
  const noSocket = await refused(`--host=unix:${file}`);
  expect([noSocket.code, noSocket.err]).toEqual([1, expect.stringContaining("there is something that is no socket")]);
  expect(await Bun.file(file).text()).toBe("precious");

  const nowhere = await refused(`--host=unix:${join(home.path, "no", "where")}`);
  expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining("its folder does not exist")]);
  const long = await refused(`--host=unix:${join(home.path, "x".repeat(100))}`);
  expect([long.code, long.err]).toEqual([1, expect.stringContaining("may have 107 bytes")]);
});

test("--host: a socket that took the place of the server's own is not removed with it", async () => {
  using home = place();
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`]);
  // The other may get the number of its inode.
  rmSync(home.socket);
  const listening = Promise.withResolvers<void>();
  const other = createServer().listen(home.socket, listening.resolve);
  await listening.promise;
  expect(await server.stop()).toBe(0);
  expect(existsSync(home.socket)).toBe(true);
  other.close();
});

test("--host: a socket in the file system outlives restarts and another program, and no client notices", async () => {
  using home = place();
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`]);
  const { ino } = lstatSync(home.socket);
  for (const [signal, started] of [
    ["SIGUSR1", 2],
    ["SIGHUP", 3],
    ["SIGUSR2", 4],
  ] as const) {
    process.kill(server.pid, signal);
    const resumed = () => (server.log().match(/resuming normal operations/g) ?? []).length === started;
    while (!resumed()) expect(await server.text("/")).toBe("Hello, World!\n");
    expect(lstatSync(home.socket).ino).toBe(ino);
  }
  await server.ready();
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect(await server.stop()).toBe(0);
  expect(existsSync(home.socket)).toBe(false);
});

test("SIGUSR2 to a program that is told to listen in another way: it opens its own sockets", async () => {
  using home = place();
  const program = join(home.path, "malt");
  symlinkSync(malt, program);
  await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`], { program: [program] });
  const { birthtimeMs } = lstatSync(home.socket);
  rmSync(program);
  writeFileSync(program, `#!/bin/sh\nexec ${malt} "$@" --frontends=2 --unix-socket-mode=0666\n`, { mode: 0o755 });
  process.kill(server.pid, "SIGUSR2");
  await until("both front ends", () => server.processes().frontEnds.length === 2);
  await server.ready();
  expect(await server.text("/")).toBe("Hello, World!\n");
  const found = lstatSync(home.socket);
  expect([found.birthtimeMs > birthtimeMs, found.mode & 0o777]).toEqual([true, 0o666]);
});

test("--unix-socket-mode: owner and group may connect, unless it says who else, whatever the umask", async () => {
  using home = place();
  for (const [args, mode] of [
    [[], 0o660],
    [["--unix-socket-mode=0666"], 0o666],
    [["--unix-socket-mode=600"], 0o600],
  ] as const) {
    const program = ["sh", "-c", 'umask 077; exec "$0" "$@"', malt];
    await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`, ...args], { program });
    expect(lstatSync(home.socket).mode & 0o7777).toBe(mode);
    expect(await server.text("/")).toBe("Hello, World!\n");
  }
  const { code, err } = await refused(`--host=unix:${home.socket}`, "--unix-socket-mode=rw");
  expect([code, err]).toEqual([2, expect.stringContaining("option --unix-socket-mode: 'rw' is not a mode")]);
});

if (isRoot && python.user !== null && python.user !== "root") {
  test("--unix-socket-mode: the socket belongs to --user and --group, in a folder that only root may write to", async () => {
    using home = place();
    chownSync(home.path, 0, 0);
    chmodSync(home.path, 0o755);
    await using server = await start(app("hello.py"), [`--host=unix:${home.socket}`, "--group=#4711"]);
    const { uid, gid } = lstatSync(home.socket);
    expect([uid === 0, gid]).toEqual([false, 4711]);
    expect(await server.text("/")).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
    expect(existsSync(home.socket)).toBe(false);
  });
} else {
  console.warn("NOT TESTED: who a socket in the file system belongs to, which only root can choose");
}
