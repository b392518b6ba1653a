/** Under a service manager such as systemd: sockets that it opens, and what it is told. */

import { expect } from "bun:test";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { rawClient } from "../../harness/raw.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { transcribe } from "../../harness/transcript.ts";
import { until } from "../../harness/until.ts";

/** A server that is started with sockets. */
function activating(sockets: readonly string[], names = ""): readonly string[] {
  return [python.path, join(import.meta.dir, "activating.py"), names, ...sockets, "--", malt];
}

async function activated(sockets: readonly string[], args: readonly string[] = []): Promise<Server> {
  return await start(app("echo.py"), args, { program: activating(sockets) });
}

async function refused(sockets: readonly string[], names = "", ...args: string[]): Promise<Ended> {
  using home = folder();
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const root = `--server-root=${join(home.path, "root")}`;
  const words = ["start-server", app("hello.py"), root, `--python=${python.path}`, ...user, ...args];
  return await run([...activating(sockets, names), ...words]);
}

async function environOf(server: Server): Promise<Record<string, string>> {
  return ((await (await server.get("/")).json()) as { environ: Record<string, string> }).environ;
}

test("the sockets of a service manager are the ones that are listened on, by all front ends", async () => {
  using home = folder();
  const path = join(home.path, "site.sock");
  await using server = await activated(["127.0.0.1", path], ["--frontends=2"]);
  const [, port] = await server.waitForOutput(/^opened port (\d+)$/m);
  expect(server.port).toBe(Number(port));
  const { out } = await run(["ss", "-Hltnp"]);
  expect(out.split("\n").filter((line) => line.includes(`pid=${server.pid},`))).toHaveLength(1);
  for (const host of ["127.0.0.1", path]) {
    using client = await rawClient(server.port, host);
    client.send("GET / HTTP/1.0\r\n\r\n");
    expect(await client.readToEnd()).toContain(`"mod_wsgi.listener_port": "${port}"`);
  }
  for (const pid of server.processes().frontEnds) {
    process.kill(pid, "SIGKILL");
    expect((await server.get("/")).status).toBe(200);
  }
  expect(await server.stop()).toBe(0);
  // It is the manager's, who may start the server again with it.
  expect(existsSync(path)).toBe(true);
});

test("they stay through restarts and another program, and nobody else is told of them", async () => {
  await using server = await activated(["127.0.0.1"]);
  for (const [signal, started] of [
    ["SIGHUP", 2],
    ["SIGUSR2", 3],
  ] as const) {
    process.kill(server.pid, signal);
    const resumed = () => (server.log().match(/resuming normal operations/g) ?? []).length === started;
    while (!resumed()) expect((await server.get("/")).status).toBe(200);
  }
  await server.ready();
  expect(await environOf(server)).toMatchObject({ SERVER_PORT: `${server.port}` });
  for (const pid of Object.values(server.processes()).flat()) {
    expect(await Bun.file(`/proc/${pid}/environ`).text()).not.toContain("LISTEN_");
  }
});

test("sockets that can't be listened on are refused by number and name", async () => {
  for (const [sockets, names, why] of [
    [["pipe"], "", "socket 3 is no socket (ENOTSOCK)"],
    [["127.0.0.1", "datagram"], "malt.socket:other.socket", "socket 4 (other.socket) is not a stream socket"],
    [["client"], "", "socket 3 does not listen: it is the connection of one client"],
    [["127.0.0.1"], "https", "socket 3 (https) is for HTTPS, but nothing says how"],
  ] as const) {
    const { code, err } = await refused(sockets, names);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`the service manager's ${why}\n`) });
  }
});

test("sockets that were handed to another process are nothing to this one", async () => {
  await using server = await start(app("hello.py"), [], { env: { LISTEN_PID: "1", LISTEN_FDS: "3" } });
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("a service manager is told when the server serves, does all anew, and stops", async () => {
  using home = folder();
  chmodSync(home.path, 0o777);
  const socket = join(home.path, "notify");
  const code = `
import socket, sys
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
while True:
    print(ear.recv(1000).decode().split("\\n")[0], flush=True)`;
  const ear = Bun.spawn([python.path, "-c", code, socket], { stdio: ["ignore", "pipe", "inherit"] });
  const heard = transcribe("the service manager", ear.stdout);
  try {
    await until("the ear", () => existsSync(socket));
    await using server = await start(app("hello.py"), ["--processes=2"], { env: { NOTIFY_SOCKET: socket } });
    await heard.match(/^READY=1$/m);
    expect(server.processes().workers).toHaveLength(2);
    expect(await Bun.file(`/proc/${server.processes().workers[0]}/environ`).text()).not.toContain("NOTIFY_SOCKET");
    process.kill(server.pid, "SIGHUP");
    await heard.match(/^READY=1\nRELOADING=1\nREADY=1$/m);
    process.kill(server.pid, "SIGUSR2");
    await heard.match(/^(?:READY=1\nRELOADING=1\n){2}READY=1$/m);
    expect(await server.stop()).toBe(0);
    await heard.match(/READY=1\nSTOPPING=1\n$/);
  } finally {
    ear.kill();
    await ear.exited;
  }
});
