/** Where the server listens. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { rawClient } from "../../harness/raw.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const hasIpv6 = readFileSync("/proc/net/if_inet6", "latin1").includes("00000000000000000000000000000001");
if (!hasIpv6) console.warn("NOT TESTED: --host with IPv6, which this machine does not have");

async function environOf(server: Server): Promise<Record<string, string>> {
  return ((await (await server.get("/")).json()) as { environ: Record<string, string> }).environ;
}

/** Whether anybody listens there. */
async function isOpen(host: string, port: number): Promise<boolean> {
  try {
    (await rawClient(port, host))[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

/** Runs a server that is expected not to start. */
async function refused(...args: string[]): Promise<Ended> {
  using home = folder();
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const root = `--server-root=${join(home.path, "root")}`;
  return await run([malt, "start-server", app("hello.py"), root, `--python=${python.path}`, ...user, ...args]);
}

test("--host: an IPv4 address is the only one listened on", async () => {
  await using server = await start(app("echo.py"), ["--host=127.0.0.1"]);
  expect(server.host).toBe("127.0.0.1");
  expect(await environOf(server)).toMatchObject({ SERVER_ADDR: "127.0.0.1", SERVER_NAME: "127.0.0.1" });
  expect(await isOpen("127.0.0.2", server.port)).toBe(false);
});

if (hasIpv6) {
  for (const written of ["[::1]", "::1"]) {
    test(`--host: ${written} is the IPv6 address, and the only one listened on`, async () => {
      await using server = await start(app("echo.py"), [`--host=${written}`]);
      expect(server.host).toBe("[::1]");
      expect(await environOf(server)).toMatchObject({ SERVER_ADDR: "::1", REMOTE_ADDR: "::1" });
      expect(await isOpen("127.0.0.1", server.port)).toBe(false);
    });
  }
}

// A link-local address says nothing without its interface (RFC 4007).
const [zoned] = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
  addresses.flatMap(({ address, scopeid = 0 }) => (scopeid > 0 ? [`${address}%${name}`] : [])),
);
if (zoned === undefined) {
  console.warn("NOT TESTED: --host with a link-local address, which this machine does not have");
} else {
  test("--host: a link-local address is listened on at the interface that it names", async () => {
    await using server = await start(app("echo.py"), [`--host=127.0.0.1,[${zoned}]`]);
    using client = await rawClient(server.port, zoned);
    client.send("GET / HTTP/1.0\r\n\r\n");
    expect(await client.readToEnd()).toContain(`"SERVER_ADDR": "${zoned.replace(/%.*/, "")}`);
    const { code, err } = await refused("--port=0", "--host=fe80::1%nowhere");
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("--host fe80::1%nowhere is not an address of this machine"),
    ]);
  });
}

test("--host: a name stands for its addresses", async () => {
  await using server = await start(app("echo.py"), ["--host=localhost"]);
  expect(await environOf(server)).toMatchObject({ SERVER_ADDR: "127.0.0.1" });
  expect(await isOpen("127.0.0.2", server.port)).toBe(false);
});

test("--host: left out, every address is listened on, by IPv4 and IPv6", async () => {
  await using server = await start(app("echo.py"));
  for (const host of hasIpv6 ? ["127.0.0.1", "127.0.0.2", "::1"] : ["127.0.0.1", "127.0.0.2"]) {
    expect([host, await isOpen(host, server.port)]).toEqual([host, true]);
  }
  // An IPv4 client is one, also on a socket of IPv6.
  expect(await environOf(server)).toMatchObject({ SERVER_ADDR: "127.0.0.1", REMOTE_ADDR: "127.0.0.1" });
});

test("--host: an address that this machine does not have ends the server with 1 and says so", async () => {
  const { code, err } = await refused("--port=0", "--host=192.0.2.1");
  expect(code).toBe(1);
  expect(err).toContain("192.0.2.1");
});

test("--port: is where the server listens, and what the application is told", async () => {
  const free = await somePort();
  await using server = await start(app("echo.py"), [`--port=${free.port}`]);
  expect(server.port).toBe(free.port);
  expect(await environOf(server)).toMatchObject({ SERVER_PORT: `${free.port}` });
});

test("--port: 0 is any free port, a different one for each server, and the banner names it", async () => {
  await using one = await start(app("echo.py"), ["--port=0"]);
  await using two = await start(app("echo.py"), ["--port=0"]);
  expect(one.port).not.toBe(0);
  expect(two.port).not.toBe(one.port);
  for (const server of [one, two]) expect((await environOf(server))["SERVER_PORT"]).toBe(`${server.port}`);
});

test("--port: one that is in use ends the server with 1, says so, and leaves the other server alone", async () => {
  await using server = await start(app("hello.py"), ["--host=127.0.0.1"]);
  const { code, err } = await refused("--host=127.0.0.1", `--port=${server.port}`);
  expect(code).toBe(1);
  expect(err).toContain(`${server.port}`);
  expect(err).toMatch(/in use/);
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--server-backlog: how many connections wait in the system until they are accepted", async () => {
  await using server = await start(app("hello.py"), ["--host=127.0.0.1", "--server-backlog=7"]);
  // The third column of a listener is its backlog.
  const backlog = async (): Promise<string | undefined> => {
    const { out } = await run(["ss", "-Hltn", `sport = :${server.port}`]);
    return out.trim().split(/\s+/)[2];
  };
  expect(await backlog()).toBe("7");

  const [first = 0] = server.processes().frontEnds;
  process.kill(first, "SIGKILL");
  await until("another front end", () => server.processes().frontEnds.some((pid) => pid !== first));
  await server.ready();
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect(await backlog()).toBe("7");
});

/** A port that was free a moment ago. */
async function somePort(): Promise<{ port: number }> {
  const listener = createServer();
  const listening = Promise.withResolvers<void>();
  listener.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = listener.address();
  const closed = Promise.withResolvers<void>();
  listener.close(() => closed.resolve());
  await closed.promise;
  if (address === null || typeof address === "string") throw new Error("a TCP listener has a port");
  return address;
}
