/** Listening sockets, and the addresses they are bound to. */

import { describe, expect, test } from "bun:test";
import { closeSync, readFileSync } from "node:fs";
import { addressOf, AF_INET, AF_INET6, encodeAddress, encodePath, pathOf, portOf } from "../../lib/os/sockaddr.ts";
import { listenOnHost, type ListeningSocket } from "../../lib/os/sockets.ts";

const hasIpv6 = readFileSync("/proc/net/if_inet6", "latin1").includes("00000000000000000000000000000001");

const addresses: readonly [family: typeof AF_INET | typeof AF_INET6, address: string, hex: string][] = [
  [AF_INET, "127.0.0.1", "02001f907f0000010000000000000000"],
  [AF_INET, "255.1.2.0", "02001f90ff0102000000000000000000"],
  [AF_INET6, "::", `0a001f9000000000${"00".repeat(16)}00000000`],
  [AF_INET6, "::1", `0a001f9000000000${"00".repeat(15)}0100000000`],
  [AF_INET6, "fe80::", `0a001f9000000000fe80${"00".repeat(14)}00000000`],
  [AF_INET6, "2001:db8::8:800:200c:417a", "0a001f900000000020010db80000000000080800200c417a00000000"],
  [AF_INET6, "1:2:3:4:5:6:7:8", "0a001f90000000000001000200030004000500060007000800000000"],
  [AF_INET6, "::ffff:1.2.3.4", `0a001f9000000000${"00".repeat(10)}ffff0102030400000000`],
];

describe("an address for the kernel", () => {
  for (const [family, address, hex] of addresses) {
    test(`${address} is ${hex}`, () => {
      const bytes = encodeAddress({ family, address, port: 8080 });
      expect(Buffer.from(bytes).toString("hex")).toBe(hex);
      expect(portOf(bytes)).toBe(8080);
    });
  }
});

test("addresses that the system fills in are read back as people write them", () => {
  for (const [family, address, hex] of addresses) {
    const read = addressOf(Buffer.from(hex, "hex"));
    expect([family, read]).toEqual([family, address === "::ffff:1.2.3.4" ? "::ffff:102:304" : address]);
  }
  expect(addressOf(encodeAddress({ family: AF_INET6, address: "1:0:0:2:0:0:0:3", port: 1 }))).toBe("1:0:0:2::3");
  expect(addressOf(encodeAddress({ family: AF_INET6, address: "0:10:0:0:f0:0:0:0", port: 1 }))).toBe("0:10:0:0:f0::");
});

test("a link-local address has the number of its interface", () => {
  const bytes = encodeAddress({ family: AF_INET6, address: "fe80::1", port: 80, scope: 258 });
  expect(Buffer.from(bytes).toString("hex")).toBe(`0a00005000000000fe80${"00".repeat(13)}0102010000`);
});

test("paths end with a zero byte, abstract names with their length", () => {
  for (const [path, hex] of [
    ["/run/a", "01002f72756e2f6100"],
    ["@a", "01000061"],
  ] as const) {
    const bytes = encodePath(path);
    expect(Buffer.from(bytes).toString("hex")).toBe(hex);
    expect(pathOf(bytes, bytes.length)).toBe(path);
  }
  expect(pathOf(encodePath(""), 2)).toBe("");
});

/** The one socket that listens, or the reason why none does. */
async function listen(host: string | null, port = 0, backlog = 7): Promise<readonly ListeningSocket[]> {
  const result = await listenOnHost(host, port, { backlog });
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

/** What a client of `address` gets from whoever accepts on the descriptor. */
async function greeting({ fd, port }: ListeningSocket, address: string): Promise<string> {
  const options = { fd, socket: { open: (socket: Bun.Socket) => void socket.end("hello"), data() {} } };
  const listener = Bun.listen(options as unknown as Bun.TCPSocketListenOptions);
  const heard = Promise.withResolvers<string>();
  await Bun.connect({
    hostname: address,
    port,
    socket: { data: (_, bytes) => heard.resolve(bytes.toString()), close: () => heard.resolve("") },
  });
  const text = await heard.promise;
  listener.stop();
  return text;
}

test("port 0 becomes a free port, on which Bun accepts", async () => {
  const [socket] = await listen("127.0.0.1");
  expect(socket?.port).toBeGreaterThan(0);
  expect(await greeting(socket as ListeningSocket, "127.0.0.1")).toBe("hello");
});

test("without a host, IPv4 and, where there is one, IPv6 clients are served by one socket", async () => {
  for (const address of hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"]) {
    const sockets = await listen(null);
    expect(sockets).toHaveLength(1);
    expect(await greeting(sockets[0] as ListeningSocket, address)).toBe("hello");
  }
});

test("a name is resolved, and all its addresses share one port", async () => {
  const sockets = await listen("localhost");
  expect(new Set(sockets.map(({ port }) => port)).size).toBe(1);
  for (const { fd } of sockets) closeSync(fd);
});

if (hasIpv6) {
  test("an IPv6 address may stand in brackets", async () => {
    const [socket] = await listen("[::1]");
    expect(socket?.address).toBe("::1");
    expect(await greeting(socket as ListeningSocket, "::1")).toBe("hello");
  });
} else {
  console.warn("NOT TESTED: listening on ::1, because this machine has no IPv6");
}

test("the backlog is what was asked for, and the socket is non-blocking and closed on exec", async () => {
  const [socket] = await listen("127.0.0.1", 0, 7);
  const { fd, port } = socket as ListeningSocket;
  // For a listening socket, ss shows the backlog as the send queue.
  const { stdout } = Bun.spawnSync(["ss", "-Hltn", `sport = :${port}`]);
  expect(stdout.toString().split(/\s+/)[2]).toBe("7");
  const flags = parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1] ?? "", 8);
  expect([flags & 0o4000, flags & 0o2000000]).toEqual([0o4000, 0o2000000]);
  closeSync(fd);
});

test("a port in use, a foreign address and an unknown name are told with what to try", async () => {
  const [socket] = await listen("127.0.0.1");
  const { fd, port } = socket as ListeningSocket;
  expect(await listenOnHost("127.0.0.1", port, { backlog: 1 })).toEqual({
    code: "EADDRINUSE",
    problem: expect.stringMatching(/^port in use: /),
  });
  closeSync(fd);
  // A documentation address (RFC 5737) that no machine has.
  expect(await listenOnHost("192.0.2.1", 0, { backlog: 1 })).toEqual({
    code: "EADDRNOTAVAIL",
    problem: expect.stringContaining("192.0.2.1 is not an address of this machine"),
  });
  expect(await listenOnHost("nobody.invalid", 0, { backlog: 1 })).toMatchObject({
    problem: expect.stringContaining("cannot be resolved"),
  });
});

test("the port of a closed socket can be bound again at once", async () => {
  const [first] = await listen("127.0.0.1");
  const { port } = first as ListeningSocket;
  await greeting(first as ListeningSocket, "127.0.0.1");
  const [second] = await listen("127.0.0.1", port);
  expect(second?.port).toBe(port);
  closeSync((second as ListeningSocket).fd);
});
