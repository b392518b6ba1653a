/** Hosts, redirects and PROXY headers where there is a port for HTTPS. */

import { expect } from "bun:test";
import { connect, createServer, type AddressInfo, type Server as Relay } from "node:net";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { rawClient } from "../../harness/raw.ts";
import { test } from "../../harness/test.ts";
import { ask, environOf, told, type Told } from "../http/asked.ts";
import { makeAuthority, type Authority } from "./authority.ts";
import { startSecure, type SecureServer } from "./secure-server.ts";

const echo = app("echo.py");
const NAMED = ["--server-name=www.example.org", "--server-alias=shop.test"];

async function secureSite(home: string, args: readonly string[]): Promise<[SecureServer, Authority]> {
  const authority = await makeAuthority(home, "ca");
  const { path } = await authority.issue("localhost");
  return [await startSecure(echo, [`--ssl-certificate=${path}`, ...args]), authority];
}

/** @param port where to connect; the one for HTTPS by default */
async function askSecurely(
  server: SecureServer,
  authority: Authority,
  host: string,
  target = "/",
  port = server.securePort,
): Promise<Told> {
  using client = await rawClient(port, server.host, server.tls(authority));
  client.send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return told(await client.readToEnd());
}

test("--https-only: plain requests are sent to the port for HTTPS, and those there are served", async () => {
  using home = folder();
  const [server, authority] = await secureSite(home.path, [...NAMED, "--https-only"]);
  await using _ = server;
  const origin = `https://www.example.org:${server.securePort}`;
  for (const host of ["www.example.org", "shop.test", "example.org"]) {
    const { status, location } = await ask(server, host, { target: "/a?b=c" });
    expect([status, location]).toEqual([302, `${origin}/a?b=c`]);
  }
  expect((await ask(server, "evil.test")).status).toBe(403);
  for (const host of ["www.example.org", "shop.test"]) {
    expect(environOf(await askSecurely(server, authority, host))).toMatchObject({
      SERVER_NAME: host,
      SERVER_PORT: "443",
    });
  }
  const moved = await askSecurely(server, authority, "example.org", "/a?b=c");
  expect([moved.status, moved.location]).toEqual([301, `${origin}/a?b=c`]);
  expect((await askSecurely(server, authority, "evil.test")).status).toBe(403);
});

test("--https-only: without a name of its own the site sends to the host that was asked for", async () => {
  using home = folder();
  const [server, authority] = await secureSite(home.path, ["--https-only"]);
  await using _ = server;
  expect(await ask(server, "any.test:81")).toMatchObject({
    status: 302,
    location: `https://any.test:${server.securePort}/`,
  });
  expect((await askSecurely(server, authority, "any.test")).status).toBe(200);
});

test("--hsts-policy: it goes with responses of the port for HTTPS", async () => {
  using home = folder();
  const [server, authority] = await secureSite(home.path, [...NAMED, "--https-only", "--hsts-policy=max-age=60"]);
  await using _ = server;
  const sent = /^Strict-Transport-Security: max-age=60\r?$/m;
  expect((await askSecurely(server, authority, "shop.test")).head).toMatch(sent);
  expect((await askSecurely(server, authority, "evil.test")).head).not.toMatch(sent);
  expect((await ask(server, "shop.test")).head).not.toMatch(sent);
});

/** A balancer that passes bytes on in both directions, behind a header that comes in one piece with the first of them. */
async function balancer(port: number, header: string | Buffer): Promise<Relay> {
  const relay = createServer((client) => {
    const server = connect({ host: "127.0.0.1", port });
    client.once("data", (first: Buffer) => {
      server.write(Buffer.concat([Buffer.from(header), first]));
      client.pipe(server);
    });
    server.pipe(client);
    for (const socket of [client, server]) socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return relay;
}

test("--proxy-protocol: the port for HTTPS takes the header in front of the handshake", async () => {
  using home = folder();
  const [server, authority] = await secureSite(home.path, ["--proxy-protocol=127.0.0.1"]);
  await using _ = server;
  const relay = await balancer(server.securePort, "PROXY TCP6 2001:db8::1 2001:db8::2 55555 443\r\n");
  try {
    const { port } = relay.address() as AddressInfo;
    expect(environOf(await askSecurely(server, authority, "any.test", "/", port))).toMatchObject({
      REMOTE_ADDR: "2001:db8::1",
      REMOTE_PORT: "55555",
      SERVER_ADDR: "2001:db8::2",
      SERVER_PORT: "443",
      "wsgi.url_scheme": "https",
    });
  } finally {
    relay.close();
  }
  // A handshake without the header is none.
  let failure: unknown;
  await askSecurely(server, authority, "any.test").catch((error: unknown) => (failure = error));
  expect(failure).toBeDefined();
  await server.waitForLog(
    /its peer is listed in --proxy-protocol, but the connection does not begin with a PROXY header/,
  );
});
