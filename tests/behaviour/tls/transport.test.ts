/** Bytes over TLS: as whole, as bounded and as patient as in the clear. */

import { expect } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder, type Folder } from "../../harness/folders.ts";
import { rawClient, type RawClient } from "../../harness/raw.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { bulkClient, settled } from "../http/bulk.ts";
import { request } from "../http/conversation.ts";
import { growthDuring } from "../http/growth.ts";
import { notes, site } from "../http/notes.ts";
import { makeAuthority, type Authority, type Issued } from "./authority.ts";
import { environIn } from "./environ.ts";
import { drip, relay } from "./relay.ts";
import { pairOf, showing, startSecure } from "./secure-server.ts";

const MIB = 1024 * 1024;

async function localhost({ path }: Folder): Promise<{ authority: Authority; own: Issued }> {
  const authority = await makeAuthority(path, "ca");
  return { authority, own: await authority.issue("localhost") };
}

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${version}: bodies of some MiB come whole, both ways, and several on one connection`, async () => {
    using home = folder();
    const { authority, own } = await localhost(home);
    await using server = await startSecure(app("echo.py"), pairOf(own));
    using client = await server.secure(server.tls(authority, { minVersion: version, maxVersion: version }));
    for (const size of [0, 1, 70_000, 5 * MIB]) {
      const body = Buffer.alloc(size, "0123456789");
      const { length } = client.received();
      client.send(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${size}\r\n\r\n`);
      client.send(body);
      const received = await client.read((text) => text.slice(length).endsWith("}"));
      const hash = createHash("sha256").update(body).digest("hex");
      expect(received.slice(length)).toContain(`"size": ${size}, "sha256": "${hash}"`);
    }
  });

  test(`${version}: a response that is cut ends in a reset, without the farewell of a whole one`, async () => {
    using home = folder();
    const { authority, own } = await localhost(home);
    await using server = await startSecure(site, pairOf(own));
    for (const text of [request("GET /breaks"), "GET /breaks HTTP/1.0\r\n\r\n"]) {
      using client = await server.secure(server.tls(authority, { minVersion: version, maxVersion: version }));
      client.send(text);
      expect(await client.readToEnd()).not.toContain("\r\n0\r\n");
      expect(client.wasReset()).toBe(true);
    }
  });

  test(`${version}: a client that closes its half after the request still gets the answer`, async () => {
    using home = folder();
    using told = notes();
    const { authority, own } = await localhost(home);
    await using server = await startSecure(site, pairOf(own), { env: told.env });
    using client = await server.secure(server.tls(authority, { minVersion: version, maxVersion: version }));
    client.send(request("GET /gate?open"));
    await told.line(/^at open$/);
    client.end();
    told.open("open");
    const answer = await client.readToEnd();
    expect(answer).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(client.wasReset()).toBe(false);
  });
}

test("a client that stops reading holds the application up, not the memory, and gets everything once it reads", async () => {
  using home = folder();
  using told = notes();
  const { authority, own } = await localhost(home);
  const bytes = 100 * MIB;
  await using server = await startSecure(site, pairOf(own), { env: told.env });
  await server.ask("/parts?128x65536", server.tls(authority));
  using client = await bulkClient({ host: server.host, port: server.securePort }, server.tls(authority));
  const growth = await growthDuring(server, async () => {
    await client.send(`GET /parts?${bytes / 65536}x65536x1 HTTP/1.0\r\n\r\n`);
    const made = await settled(
      server,
      "the application",
      () => told.lines().filter((line) => line.startsWith("made")).length,
    );
    expect(made * 65536).toBeLessThan(48 * MIB);
    client.read();
    expect(await client.ended).toBe(false);
  });
  expect(client.received()).toBeGreaterThan(bytes);
  expect(client.tail()).toBe("x".repeat(64));
  for (const [who, grown] of Object.entries(growth)) expect([who, grown < 64 * MIB, grown]).toEqual([who, true, grown]);
});

test("an upload that the application does not read stays with the client", async () => {
  using home = folder();
  using told = notes();
  const { authority, own } = await localhost(home);
  const bytes = 100 * MIB;
  const args = [...pairOf(own), "--limit-request-body=0"];
  await using server = await startSecure(site, args, { env: told.env });
  using client = await bulkClient({ host: server.host, port: server.securePort }, server.tls(authority));
  const growth = await growthDuring(server, async () => {
    const sending = client.send(request("POST /gate?open", [`Content-Length: ${bytes}`]));
    void sending.then(() => client.send(new Uint8Array(bytes)));
    await told.line(/^at open$/);
    expect(await settled(server, "the upload", client.sent)).toBeLessThan(48 * MIB);
    told.open("open");
  });
  for (const [who, grown] of Object.entries(growth)) expect([who, grown < 64 * MIB, grown]).toEqual([who, true, grown]);
});

test("files, and parts of them, come as they are", async () => {
  using home = folder();
  const { authority, own } = await localhost(home);
  const bytes = Buffer.alloc(3 * MIB, "0123456789abcdefghijklmnopqrstuvwxyz");
  writeFileSync(join(home.path, "file"), bytes);
  const args = [...pairOf(own), "--url-alias", "/file", join(home.path, "file")];
  await using server = await startSecure(app("hello.py"), args);
  using client = await server.secure(server.tls(authority));
  client.send("GET /file HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1000000-1000009\r\n\r\n");
  expect(await client.read(/\r\n\r\n.{10}$/)).toEndWith(bytes.toString("latin1", 1_000_000, 1_000_010));
  client.send("GET /file HTTP/1.0\r\n\r\n");
  const received = await client.readToEnd();
  expect(received.slice(received.lastIndexOf("\r\n\r\n") + 4) === bytes.toString("latin1")).toBe(true);
});

test("clients that never finish their handshake make room for others when descriptors become scarce", async () => {
  using home = folder();
  const { authority, own } = await localhost(home);
  // Room for some 66 clients.
  const program = ["sh", "-c", 'ulimit -n 200; exec "$0" "$@"', malt];
  const args = [...pairOf(own), "--header-timeout=60"];
  await using server = await startSecure(app("hello.py"), args, { program });
  const stuck: RawClient[] = [];
  for (let n = 0; n < 100; n++) {
    const client = await rawClient(server.securePort, server.host);
    if (n % 2 === 0) client.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    stuck.push(client);
  }
  for (let n = 0; n < 5; n++) expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
  for (const client of stuck) client[Symbol.dispose]();
});

test("clients that say nothing to the server's farewell keep neither a descriptor nor the server", async () => {
  using home = folder();
  const { authority, own } = await localhost(home);
  await using server = await startSecure(app("hello.py"), [...pairOf(own), "--keep-alive-timeout=60"]);
  const [frontEnd = 0] = server.processes().frontEnds;
  const descriptors = (): number => readdirSync(`/proc/${frontEnd}/fd`).length;
  await server.ask("/", server.tls(authority));
  const before = descriptors();
  const clients: RawClient[] = [];
  for (let n = 0; n < 5; n++) {
    const client = await server.secure(server.tls(authority));
    client.send("GET / HTTP/1.0\r\n\r\n");
    expect(await client.readToEnd()).toEndWith("Hello, World!\n");
    clients.push(client);
  }
  await until("the server to let go", () => descriptors() <= before);
  const idle = await server.secure(server.tls(authority));
  idle.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await idle.read(/Hello, World!\n$/);
  const stuck = await rawClient(server.securePort, server.host);
  stuck.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
  const beganAt = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - beganAt).toBeLessThan(3000);
  for (const client of [...clients, idle, stuck]) client[Symbol.dispose]();
});

test("--header-timeout: a client that never finishes its handshake, or begins none, is dropped", async () => {
  using home = folder();
  const { authority, own } = await localhost(home);
  const args = [...pairOf(own), "--header-timeout=1", "--header-max-timeout=1", "--log-level=info"];
  await using server = await startSecure(app("hello.py"), args);
  using silent = await rawClient(server.securePort, server.host);
  expect(await silent.readToEnd()).toBe("");
  using stuck = await rawClient(server.securePort, server.host);
  // The beginning of a record that promises more.
  stuck.send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
  expect(await stuck.readToEnd()).toBe("");
  await server.waitForLog(/a TLS handshake failed: the client did not finish it within --header-timeout/);
  // After the handshake the rest of that time is for the head.
  using idle = await server.secure(server.tls(authority));
  expect(await idle.readToEnd()).toBe("");
  expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
});

test("a client that sends its hello byte by byte gets its certificate all the same", async () => {
  using home = folder();
  const { authority, own } = await localhost(home);
  const other = await authority.issue("other.test");
  const args = [...pairOf(own), `--ssl-sni-certificate=${other.path}`];
  await using server = await startSecure(app("hello.py"), args);
  using between = await relay(server.securePort, server.host, drip);
  const tls = server.tls(authority, { servername: "other.test" });
  using client = await rawClient(between.port, "127.0.0.1", tls);
  client.send("GET / HTTP/1.0\r\n\r\n");
  expect(await client.readToEnd()).toContain("Hello, World!");
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`${version}: a session is resumed, with what is known of the client's certificate`, async () => {
    using home = folder();
    const { authority, own } = await localhost(home);
    const clients = await makeAuthority(home.path, "clients");
    const options = [`--ssl-ca-certificate-file=${clients.certificate}`, "--ssl-environment"];
    await using server = await startSecure(app("echo.py"), [...pairOf(own), ...options]);
    const more = { minVersion: version, maxVersion: version, ...showing(await clients.issue("friend")) };
    const tls = { port: server.securePort, host: server.host, ...server.tls(authority, more) };
    let session: Buffer | undefined;
    const ask = async (): Promise<string> => {
      const socket = connect({ ...tls, ...(session === undefined ? {} : { session }) });
      let received = "";
      socket.on("session", (bytes: Buffer) => (session = bytes));
      socket.on("data", (bytes: Buffer) => (received += bytes.toString("latin1")));
      socket.write("GET / HTTP/1.0\r\n\r\n");
      await until("the answer", () => socket.closed || received.endsWith("}"));
      socket.destroy();
      return received;
    };
    expect(environIn(await ask())).toMatchObject({ SSL_SESSION_RESUMED: "Initial", SSL_CLIENT_VERIFY: "SUCCESS" });
    expect(environIn(await ask())).toMatchObject({
      SSL_SESSION_RESUMED: "Resumed",
      SSL_CLIENT_VERIFY: "SUCCESS",
      SSL_CLIENT_S_DN_CN: "friend",
    });
  });
}
