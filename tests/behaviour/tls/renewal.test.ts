/** Certificates that change while the server runs. */

import { expect } from "bun:test";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { makeAuthority, type Authority, type Issued } from "./authority.ts";
import { environIn } from "./environ.ts";
import { startSecure, type SecureServer } from "./secure-server.ts";

/** The files that the server is told of, and putting others in their place. */
function site(home: string): { path: string; install: (issued: Issued) => void } {
  const path = join(home, "site");
  const install = ({ certificate, key }: Issued): void => {
    copyFileSync(certificate, `${path}.crt`);
    copyFileSync(key, `${path}.key`);
  };
  return { path, install };
}

/** The CN of the certificate that a new connection gets. */
async function shown(server: SecureServer, authority: Authority): Promise<unknown> {
  const tls = server.tls(authority, { rejectUnauthorized: false });
  return environIn(await server.ask("/", tls))["SSL_SERVER_S_DN_CN"];
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

test("--ssl-certificate: files that change are taken up without a signal, and no connection notices", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const { path, install } = site(home.path);
  install(await authority.issue("before"));
  // To notice takes a second or two, and the kept connection must not be closed for its idleness meanwhile.
  const patient = "--keep-alive-timeout=60";
  const args = [`--ssl-certificate=${path}`, "--ssl-environment", "--log-level=info", "--frontends=2", patient];
  await using server = await startSecure(app("echo.py"), args);
  using kept = await server.secure(server.tls(authority, { rejectUnauthorized: false }));
  kept.send(GET);
  await kept.read(/"SSL_SERVER_S_DN_CN": "before"[^]*}$/);
  install(await authority.issue("after"));
  // Of so many connections each front end gets some.
  await until("the new certificate in both front ends", async () => {
    for (let each = 0; each < 12; each++) if ((await shown(server, authority)) !== "after") return false;
    return true;
  });
  await server.waitForLog(/\[ssl:notice\].*the certificates have changed/);
  const { length } = kept.received();
  kept.send(GET);
  const received = await kept.read((text) => /"SSL_SERVER_S_DN_CN": "before"[^]*}$/.test(text.slice(length)));
  expect(received.slice(length)).toStartWith("HTTP/1.1 200 OK");
  expect(received.slice(length)).not.toContain("Connection: close");
});

test("--ssl-certificate: what can't be used is told in the log, and the certificate stays as it was", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const { path, install } = site(home.path);
  install(await authority.issue("before"));
  await using server = await startSecure(app("echo.py"), [`--ssl-certificate=${path}`, "--ssl-environment"]);
  const after = await authority.issue("after");
  copyFileSync(after.certificate, `${path}.crt`);
  await server.waitForLog(
    /\[ssl:error\].*the certificates stay as they were: the certificate and its key do not match; --ssl-certificate +\S+site\.crt; /,
  );
  expect(await shown(server, authority)).toBe("before");
  writeFileSync(`${path}.key`, "nothing");
  await server.waitForLog(/stay as they were: there is no private key/);
  expect(await shown(server, authority)).toBe("before");
  install(after);
  await until("the new certificate", async () => (await shown(server, authority)) === "after");
  // None of it has been written anywhere.
  expect(server.log()).not.toContain("PRIVATE KEY");
});

test("SIGHUP takes up new certificates at once, and answers what is asked on an old connection", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const { path, install } = site(home.path);
  install(await authority.issue("before"));
  await using server = await startSecure(app("echo.py"), [`--ssl-certificate=${path}`, "--ssl-environment"]);
  using kept = await server.secure(server.tls(authority, { rejectUnauthorized: false }));
  kept.send(GET);
  await kept.read(/"SSL_SERVER_S_DN_CN": "before"[^]*}$/);
  install(await authority.issue("after"));
  process.kill(server.pid, "SIGHUP");
  await server.waitForLog(/AH00489[^]*AH00489/);
  expect(await shown(server, authority)).toBe("after");
  const { length } = kept.received();
  kept.send(GET);
  // The front end that it belongs to has a successor: it says that this was the last answer.
  expect((await kept.readToEnd()).slice(length)).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close/);
});

test("SIGUSR2 and configtest refuse a certificate that would keep the next server from starting", async () => {
  using home = folder();
  const authority = await makeAuthority(home.path, "ca");
  const { path, install } = site(home.path);
  install(await authority.issue("before"));
  await using server = await startSecure(app("hello.py"), [`--ssl-certificate=${path}`]);
  const configtest = () => run([malt, "control", server.root, "configtest"]);
  expect((await configtest()).err).toEndWith("Syntax OK\n");
  writeFileSync(`${path}.key`, "nothing");
  process.kill(server.pid, "SIGUSR2");
  await server.waitForLog(/SIGUSR2: there is no private key in the file for it; .*; this program goes on/);
  expect(await configtest()).toMatchObject({ code: 1, err: expect.stringContaining("there is no private key") });
  expect(await server.ask("/", server.tls(authority, { rejectUnauthorized: false }))).toContain("200 OK");
});
