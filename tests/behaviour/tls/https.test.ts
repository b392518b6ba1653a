/** The port for HTTPS and the certificates it shows. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { rawClient } from "../../harness/raw.ts";
import { test } from "../../harness/test.ts";
import { makeAuthority } from "./authority.ts";
import { environIn } from "./environ.ts";
import { pairOf, startSecure } from "./secure-server.ts";

const inside = join(import.meta.dir, "..", "process", "apps", "inside.py");

/** Runs a server that is expected not to start. */
async function refused(...args: string[]): Promise<Ended> {
  using home = folder();
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const root = `--server-root=${join(home.path, "root")}`;
  const usual = [app("hello.py"), root, "--port=0", "--https-port=0", `--python=${python.path}`];
  return await run([malt, "start-server", ...usual, ...user, ...args]);
}

test("--https-port: the site is there over HTTPS too, and applications are told", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  await using server = await startSecure(app("echo.py"), pairOf(await authority.issue("localhost")));
  const environ = environIn(await server.ask("/a?b", server.tls(authority)));
  expect(environ).toMatchObject({
    "wsgi.url_scheme": "https",
    REQUEST_SCHEME: "https",
    SERVER_PORT: `${server.securePort}`,
    PATH_INFO: "/a",
    SSL_TLS_SNI: "localhost",
    "mod_wsgi.listener_port": `${server.securePort}`,
  });
  expect(environ).not.toHaveProperty("HTTPS");
  expect(environ).not.toHaveProperty("SSL_PROTOCOL");
  const plain = ((await (await server.get("/")).json()) as { environ: Record<string, unknown> }).environ;
  expect(plain).toMatchObject({ "wsgi.url_scheme": "http", REQUEST_SCHEME: "http" });
});

test("--https-port: workers find its number among their variables", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  await using server = await startSecure(inside, pairOf(await authority.issue("localhost")));
  const { variables } = (await (await server.get("/")).json()) as { variables: Record<string, string> };
  expect(variables["MOD_WSGI_HTTPS_PORT"]).toBe(`${server.securePort}`);
});

test("--https-port: plain HTTP there is told where it is, and garbage is not answered", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  await using server = await startSecure(app("hello.py"), [
    ...pairOf(await authority.issue("localhost")),
    "--access-log",
    "--log-level=info",
  ]);
  using plain = await rawClient(server.securePort, server.host);
  plain.send("GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const answer = await plain.readToEnd();
  expect(answer).toStartWith("HTTP/1.1 400 Bad Request\r\n");
  expect(answer).toContain("Use an address that begins with https:// instead.");
  await server.waitForOutput(/"GET \/x HTTP\/1.1" 400 /);
  using garbage = await rawClient(server.securePort, server.host);
  garbage.send("\x80\x2e\x01");
  expect(await garbage.readToEnd()).toBe("");
  using broken = await rawClient(server.securePort, server.host);
  // A record that says it is a handshake, and isn't.
  broken.send("\x16\x03\x01\x00\x05hello");
  await broken.readToEnd();
  await server.waitForLog(/a TLS handshake failed: /);
  expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
});

test("--ssl-certificate: names certificate and key at once, and wins", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const [good, other] = [await authority.issue("localhost"), await authority.issue("other.test")];
  await using server = await startSecure(app("hello.py"), [...pairOf(other), `--ssl-certificate=${good.path}`]);
  expect(await server.ask("/", server.tls(authority))).toContain("200 OK");
});

test("--ssl-certificate-chain-file: what leads from the certificate to an authority is sent after it", async () => {
  using home = folder();
  const root = await makeAuthority(home.path, "root");
  const between = await root.delegate("between");
  const leaf = pairOf(await between.issue("localhost"));
  await using bare = await startSecure(app("hello.py"), leaf);
  await expect(bare.ask("/", bare.tls(root))).rejects.toThrow(/certificate/);
  await using whole = await startSecure(app("hello.py"), [
    ...leaf,
    `--ssl-certificate-chain-file=${between.certificate}`,
  ]);
  expect(await whole.ask("/", whole.tls(root))).toContain("200 OK");
});

test("--ssl-sni-certificate: clients get the certificate of the host they ask for, wildcards too, or the usual one", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const usual = await authority.issue("localhost");
  const one = await authority.issue("one.test");
  const many = await authority.issue("many", { alternatives: "DNS:many.test,DNS:*.many.test" });
  await using server = await startSecure(app("echo.py"), [
    ...pairOf(usual),
    `--ssl-sni-certificate=${one.path}`,
    `--ssl-sni-certificate=${many.path}`,
    "--ssl-environment",
  ]);
  const shown = async (servername: string) => {
    const tls = server.tls(authority, { servername, rejectUnauthorized: false });
    return environIn(await server.ask("/", tls))["SSL_SERVER_S_DN_CN"];
  };
  expect(await shown("one.test")).toBe("one.test");
  expect(await shown("ONE.test")).toBe("one.test");
  expect(await shown("many.test")).toBe("many");
  expect(await shown("a.many.test")).toBe("many");
  expect(await shown("a.b.many.test")).toBe("localhost");
  expect(await shown("unknown.test")).toBe("localhost");
  expect(await shown("")).toBe("localhost");
  // And what is shown is what the client verifies.
  expect(await server.ask("/", server.tls(authority, { servername: "a.many.test" }))).toContain("200 OK");
});

test("--ssl-certificate-key-file: a key of another certificate keeps the server from starting, and both files are named", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const [one, other] = [await authority.issue("one"), await authority.issue("other")];
  const { code, err } = await refused(...pairOf({ ...one, key: other.key }));
  expect(code).toBe(1);
  expect(err).toContain(
    `malt: the certificate and its key do not match\n` +
      `  --ssl-certificate-file      ${one.certificate}\n` +
      `  --ssl-certificate-key-file  ${other.key}\n`,
  );
});

test("--ssl-certificate-file: what is no certificate, or has no key that can be used, keeps the server from starting", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const good = await authority.issue("localhost");
  const text = join(home.path, "text");
  writeFileSync(text, "not PEM\n");
  const locked = join(home.path, "locked.key");
  const lock = ["-aes256", "-passout", "pass:secret"];
  expect((await run(["openssl", "pkey", "-in", good.key, "-out", locked, ...lock])).code).toBe(0);
  const mangled = join(home.path, "mangled.crt");
  writeFileSync(mangled, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  for (const [files, words] of [
    [{ ...good, certificate: text }, `there is no certificate in the file for it\n  --ssl-certificate-file  ${text}`],
    [{ ...good, certificate: mangled }, `the certificate or its key cannot be used`],
    [{ ...good, key: text }, `there is no private key in the file for it\n  --ssl-certificate-key-file  ${text}`],
    [{ ...good, key: locked }, "the private key is protected by a pass phrase"],
    [{ ...good, key: home.path }, "is a directory, not a file"],
  ] as const) {
    const { code, err } = await refused(...pairOf(files));
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  }
});

test("--server-name: that no certificate names it is worth a warning", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const args = [...pairOf(await authority.issue("localhost")), "--server-name=www.malt.test"];
  await using server = await startSecure(app("hello.py"), args, { until: "banner" });
  await server.waitForLog(/\[ssl:warn\].*AH01909: no certificate names the host of --server-name, www\.malt\.test/);
});
