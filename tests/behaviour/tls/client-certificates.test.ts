/** Who is let in by the certificate that it shows, and what applications hear of it. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder, type Folder } from "../../harness/folders.ts";
import { test } from "../../harness/test.ts";
import { makeAuthority } from "./authority.ts";
import { environIn } from "./environ.ts";
import { pairOf, showing, startSecure } from "./secure-server.ts";

/** A server's certificate, an authority of clients, and clients of several kinds. */
async function cast({ path }: Folder) {
  const servers = await makeAuthority(path, "servers");
  const clients = await makeAuthority(path, "clients");
  const strangers = await makeAuthority(path, "strangers");
  const subject = "/C=DE/O=A, B/OU=one/OU=two/CN=Zoë/emailAddress=z@malt.test";
  const between = await clients.delegate("between");
  return {
    servers,
    clients,
    localhost: await servers.issue("localhost"),
    friend: await clients.issue("friend", { subject, alternatives: "email:z@malt.test,DNS:z.malt.test" }),
    stranger: await strangers.issue("stranger"),
    friendOfFriend: await between.issue("friend-of-friend"),
    between,
  };
}

const status = (response: string) => response.slice(9, 12);

test("--ssl-ca-certificate-file: everything needs a certificate that comes from there directly, with TLS 1.2 and 1.3", async () => {
  using home = folder();
  const { servers, clients, localhost, friend, stranger, friendOfFriend, between } = await cast(home);
  const args = [...pairOf(localhost), `--ssl-ca-certificate-file=${clients.certificate}`];
  await using server = await startSecure(app("hello.py"), args);
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const ask = async (more: object) => status(await server.ask("/", server.tls(servers, { maxVersion, ...more })));
    expect(await ask(showing(friend))).toBe("200");
    expect(await ask({})).toBe("403");
    expect(await ask(showing(stranger))).toBe("403");
    const { cert, key } = showing(friendOfFriend);
    expect(await ask({ key, cert: `${String(cert)}${String(showing(between).cert)}` })).toBe("403");
  }
  await server.waitForLog(/a client certificate is needed \(NONE\): answered 403: GET \//);
  await server.waitForLog(/a client certificate is needed \(FAILED:unable to [a-z ]+\)/);
  await server.waitForLog(/a client certificate is needed \(FAILED:certificate chain too long\)/);
  // Nobody can show a certificate in the clear, and what is protected there must not be open here.
  expect((await server.get("/")).status).toBe(403);
});

test("--ssl-verify-client: only what is below these paths needs one, however the path is written", async () => {
  using home = folder();
  const { servers, clients, localhost, friend } = await cast(home);
  const paths = ["--ssl-verify-client=/admin/", "--ssl-verify-client=/é"];
  const args = [...pairOf(localhost), `--ssl-ca-certificate-file=${clients.certificate}`, ...paths];
  await using server = await startSecure(app("hello.py"), args);
  const without = server.tls(servers);
  const within = server.tls(servers, showing(friend));
  for (const path of ["/", "/administration", "/other/admin"]) {
    expect([path, status(await server.ask(path, without))]).toEqual([path, "200"]);
    expect((await server.get(path)).status).toBe(200);
  }
  for (const path of ["/admin", "/admin/x", "//admin", "/x/../admin", "/%61dmin", "/./admin/", "/%C3%A9"]) {
    expect([path, status(await server.ask(path, without))]).toEqual([path, "403"]);
    expect([path, status(await server.ask(path, within))]).toEqual([path, "200"]);
  }
});

test("--ssl-verify-client: no rule of an .htaccess file leads around it", async () => {
  using home = folder();
  const { servers, clients, localhost, friend } = await cast(home);
  mkdirSync(join(home.path, "docs"));
  writeFileSync(join(home.path, "docs/.htaccess"), "RewriteEngine on\nRewriteRule ^open/(.*)$ /admin/$1\n");
  const args = [...pairOf(localhost), `--ssl-ca-certificate-file=${clients.certificate}`, "--ssl-verify-client=/admin"];
  const overriding = [`--document-root=${home.path}/docs`, "--allow-override=FileInfo"];
  await using server = await startSecure(app("hello.py"), [...args, ...overriding]);
  expect(status(await server.ask("/other", server.tls(servers)))).toBe("200");
  expect(status(await server.ask("/open/x", server.tls(servers)))).toBe("403");
  expect(status(await server.ask("/open/x", server.tls(servers, showing(friend))))).toBe("200");
});

test("--ssl-environment: applications see connection, server and client as mod_ssl shows them", async () => {
  using home = folder();
  const { servers, clients, localhost, friend, stranger } = await cast(home);
  const args = [
    ...pairOf(localhost),
    `--ssl-ca-certificate-file=${clients.certificate}`,
    "--ssl-verify-client=/nothing",
    "--ssl-environment",
  ];
  await using server = await startSecure(app("echo.py"), args);
  const shown = async (more: object) => environIn(await server.ask("/", server.tls(servers, more)));
  const known = await shown(showing(friend));
  expect(known).toMatchObject({
    SSL_PROTOCOL: "TLSv1.3",
    SSL_CIPHER: expect.stringMatching(/^TLS_(AES|CHACHA20)_/),
    SSL_CIPHER_USEKEYSIZE: expect.stringMatching(/^(128|256)$/),
    SSL_CIPHER_EXPORT: "false",
    SSL_COMPRESS_METHOD: "NULL",
    SSL_SESSION_RESUMED: "Initial",
    SSL_SESSION_ID: expect.stringMatching(/^[0-9a-f]{64}$/),
    SSL_TLS_SNI: "localhost",
    SSL_VERSION_LIBRARY: "BoringSSL",
    SSL_SERVER_M_VERSION: "3",
    SSL_SERVER_M_SERIAL: expect.stringMatching(/^[0-9A-F]+$/),
    SSL_SERVER_S_DN: "CN=localhost",
    SSL_SERVER_I_DN: "CN=servers,O=Malt",
    SSL_SERVER_I_DN_O: "Malt",
    SSL_SERVER_A_KEY: "id-ecPublicKey",
    SSL_SERVER_A_SIG: "ecdsa-with-SHA256",
    SSL_SERVER_SAN_DNS_0: "localhost",
    SSL_CLIENT_VERIFY: "SUCCESS",
    SSL_CLIENT_S_DN: "emailAddress=z@malt.test,CN=ZoÃ«,OU=two,OU=one,O=A\\, B,C=DE",
    SSL_CLIENT_S_DN_CN: "ZoÃ«",
    SSL_CLIENT_S_DN_O: "A, B",
    SSL_CLIENT_S_DN_OU: "one",
    SSL_CLIENT_S_DN_OU_1: "two",
    SSL_CLIENT_S_DN_Email: "z@malt.test",
    SSL_CLIENT_SAN_Email_0: "z@malt.test",
    SSL_CLIENT_I_DN_CN: "clients",
    SSL_CLIENT_V_END: expect.stringMatching(/^\w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} GMT$/),
    SSL_CLIENT_V_REMAIN: "99",
  });
  const serial = BigInt(`0x${String(known["SSL_CLIENT_M_SERIAL"])}`);
  expect(known["SSL_CLIENT_CERT_RFC4523_CEA"]).toBe(
    `{ serialNumber ${serial}, issuer rdnSequence:"CN=clients,O=Malt" }`,
  );
  expect((await shown({}))["SSL_CLIENT_VERIFY"]).toBe("NONE");
  expect(await shown({})).not.toHaveProperty("SSL_CLIENT_S_DN");
  const unknown = await shown(showing(stranger));
  expect(unknown["SSL_CLIENT_VERIFY"]).toMatch(/^FAILED:/);
  expect(unknown["SSL_CLIENT_S_DN_CN"]).toBe("stranger");
  const older = await shown({ ...showing(friend), maxVersion: "TLSv1.2" });
  expect(older).toMatchObject({ SSL_PROTOCOL: "TLSv1.2", SSL_SESSION_ID: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(older["SSL_SESSION_ID"]).not.toBe(known["SSL_SESSION_ID"]);
  const plain = ((await (await server.get("/")).json()) as { environ: Record<string, unknown> }).environ;
  expect(Object.keys(plain).filter((name) => name.startsWith("SSL_"))).toEqual([]);
});
