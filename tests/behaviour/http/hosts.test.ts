/** For which hosts a server answers, and where it sends the others. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { ask, environOf } from "./asked.ts";

const echo = app("echo.py");
const NAMED = ["--server-name=www.Example.org"];

async function statuses(server: Server, hosts: readonly (string | null)[]): Promise<number[]> {
  const found: number[] = [];
  for (const host of hosts) found.push((await ask(server, host)).status);
  return found;
}

test("--server-name: its host is served in any spelling, its parent domain is sent there, and all others get 403", async () => {
  await using server = await start(echo, NAMED);
  expect(await statuses(server, ["www.example.org", "WWW.EXAMPLE.ORG:1234", "www.example.org."])).toEqual([
    200, 200, 200,
  ]);
  expect(await statuses(server, ["evil.test", "127.0.0.1", "localhost", "", null])).toEqual([403, 403, 403, 403, 403]);
  const moved = await ask(server, "example.org", { target: "/a%20b?c=d" });
  expect([moved.status, moved.location]).toEqual([301, `http://www.Example.org:${server.port}/a%20b?c=d`]);
  await server.waitForLog(/client denied by server configuration: the host evil\.test is no name of this site: GET \//);
});

test("--server-name: the environ has it as the client wrote it, without port; nothing else gets there as SERVER_NAME", async () => {
  await using server = await start(echo, NAMED);
  const environ = environOf(await ask(server, "WWW.example.org.:81"));
  expect(environ).toMatchObject({
    SERVER_NAME: "www.example.org",
    SERVER_PORT: "81",
    HTTP_HOST: "WWW.example.org.:81",
  });
  expect(environOf(await ask(server, "www.example.org"))).toMatchObject({ SERVER_PORT: "80" });
  // The authority of the target is what counts (RFC 9112 §3.2.2), for better and for worse.
  expect((await ask(server, "www.example.org", { target: "http://evil.test/" })).status).toBe(403);
  const absolute = await ask(server, "evil.test", { target: "http://WWW.example.org:82/" });
  expect(environOf(absolute)).toMatchObject({
    SERVER_NAME: "www.example.org",
    SERVER_PORT: "82",
    HTTP_HOST: "WWW.example.org:82",
  });
  const claimed = ["X-Forwarded-Host: evil.test", "X-Forwarded-Server: evil.test", "X-Forwarded-Port: 1"];
  expect(environOf(await ask(server, "www.example.org", { lines: claimed }))).toMatchObject({
    SERVER_NAME: "www.example.org",
    SERVER_PORT: "80",
    HTTP_HOST: "www.example.org",
  });
});

test("--server-alias: other names are served too, also by patterns", async () => {
  await using server = await start(echo, [...NAMED, "--server-alias=shop.test *.Example.net", "--server-alias=h?st"]);
  expect(await statuses(server, ["Shop.test:80", "a.b.example.net", "host", "www.example.org"])).toEqual([
    200, 200, 200, 200,
  ]);
  expect(await statuses(server, ["example.net", "hst", "xshop.test", "shop.test.evil"])).toEqual([403, 403, 403, 403]);
});

test("--allow-localhost: a client on this machine is served whatever host it names", async () => {
  await using server = await start(echo, [...NAMED, "--allow-localhost"]);
  expect(await statuses(server, ["localhost", "127.0.0.1", "evil.test", null, "www.example.org"])).toEqual([
    200, 200, 200, 200, 200,
  ]);
});

test("--allow-localhost: a client that a trusted proxy tells of is elsewhere", async () => {
  const trusting = ["--trust-proxy-header=X-Forwarded-For", "--trust-proxy=127.0.0.1"];
  await using server = await start(echo, [...NAMED, "--allow-localhost", ...trusting]);
  const lines = ["X-Forwarded-For: 192.0.2.1"];
  expect((await ask(server, "evil.test", { lines })).status).toBe(403);
  expect((await ask(server, "localhost", { lines })).status).toBe(200);
});

const BEHIND_TLS = ["--trust-proxy-header=X-Forwarded-Proto", "--trust-proxy=127.0.0.1"];

test("--https-only: plain requests are sent to HTTPS, and those that a proxy has got by HTTPS are served", async () => {
  await using server = await start(echo, [...NAMED, "--server-alias=shop.test", "--https-only", ...BEHIND_TLS]);
  for (const lines of [[], ["X-Forwarded-Proto: http"]]) {
    for (const host of ["www.example.org", "shop.test", "example.org"]) {
      const { status, location } = await ask(server, host, { lines, target: "/a?b=c" });
      expect([status, location]).toEqual([302, "https://www.Example.org/a?b=c"]);
    }
  }
  expect((await ask(server, "evil.test")).status).toBe(403);
  const secure = await ask(server, "shop.test", { lines: ["X-Forwarded-Proto: https"] });
  expect(environOf(secure)).toMatchObject({
    "wsgi.url_scheme": "https",
    REQUEST_SCHEME: "http",
    SERVER_NAME: "shop.test",
  });
});

for (const policy of ["max-age=60; includeSubDomains", '"max-age=60; includeSubDomains"']) {
  test(`--hsts-policy: ${policy} goes with responses over HTTPS, and with no other`, async () => {
    await using server = await start(echo, [...NAMED, "--https-only", `--hsts-policy=${policy}`, ...BEHIND_TLS]);
    const sent = /^Strict-Transport-Security: max-age=60; includeSubDomains\r?$/m;
    const lines = ["X-Forwarded-Proto: https"];
    expect((await ask(server, "www.example.org", { lines })).head).toMatch(sent);
    const refused = await ask(server, "www.example.org", { lines, target: "/%2F" });
    expect([refused.status, sent.test(refused.head)]).toEqual([404, false]);
    expect((await ask(server, "www.example.org")).head).not.toMatch(/strict-transport/i);
    expect((await ask(server, "evil.test", { lines })).head).not.toMatch(/strict-transport/i);
  });
}
