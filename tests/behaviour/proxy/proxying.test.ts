/** Requests that go to another server, as it and the client see them. */

import { expect } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { app } from "../../harness/apps.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { request, talk } from "../http/conversation.ts";
import { proxy, response, targetOf, upstream } from "./upstream.ts";

const HELLO = "Hello, World!\n";

test("--proxy-mount-point: what is below the path goes to the other server, and all else does not", async () => {
  using up = await upstream((head, socket) => {
    const location = `Location: http://127.0.0.1:${socket.localPort}/x/next`;
    const fields = ["Server: other", "X-A: 1", "x-a: 2", "Set-Cookie: a=b; Path=/x", location];
    socket.write(response(targetOf(head), fields, "201 Made"));
  });
  const args = [`--proxy-mount-point=/px`, `${up.url}/x`, "--proxy-url-alias", "/sl/", `${up.url}/y/`];
  await using server = await start(app("hello.py"), args);
  expect(await server.text("/")).toBe(HELLO);
  expect(await server.text("/pxy")).toBe(HELLO);
  expect(await server.text("/sl")).toBe(HELLO);
  expect(await server.text("/sl/a")).toBe("/y/a");
  const moved = await server.get("/px?a=b");
  expect([moved.status, moved.headers.get("location")]).toEqual([302, `${server.url}/px/?a=b`]);

  using client = await talk(server);
  client.send(
    request("GET /px/%7ea%20b/../c?d=%2F", ["X-Forwarded-For: 192.0.2.9", "x-b: 1", "X-B: 2", "TE: trailers"]),
  );
  const answer = await client.answer();
  expect([answer.status, answer.reason, answer.body]).toEqual([201, "Made", "/x/c?d=%2F"]);
  expect(answer.fields).toMatchObject({
    server: "other",
    "x-a": "1, 2",
    "set-cookie": "a=b; Path=/x",
    location: `http://malt.test:${server.port}/px/next`,
  });
  expect(up.heads().at(-1)?.split("\r\n")).toEqual([
    "GET /x/c?d=%2F HTTP/1.1",
    `Host: 127.0.0.1:${up.port}`,
    "x-b: 1",
    "X-B: 2",
    "X-Forwarded-For: 192.0.2.9, 127.0.0.1",
    "X-Forwarded-Host: malt.test",
    "X-Forwarded-Server: localhost",
    `X-Forwarded-Port: ${server.port}`,
    "TE: trailers",
    "Connection: TE",
  ]);
});

test("--proxy-virtual-host: all requests for the host go to the other server, and other hosts are none of its", async () => {
  using up = await upstream((head, socket) => void socket.write(response(targetOf(head))));
  const args = ["--server-name=localhost", "--proxy-virtual-host", "VH.test", `${up.url}/v`];
  await using server = await start(app("hello.py"), args);
  const ask = async (host: string, path: string): Promise<string> => {
    using client = await talk(server);
    client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const { status, body } = await client.answer();
    return `${status} ${status === 200 ? body : ""}`;
  };
  expect(await ask("vh.test", "/")).toBe("200 /v/");
  expect(await ask("Vh.TEST:81", "/a?b")).toBe("200 /v/a?b");
  expect(await ask("localhost", "/a")).toBe(`200 ${HELLO}`);
  expect(await ask("other.test", "/a")).toBe("403 ");
  expect(up.heads().at(-1)).toContain(
    `\r\nX-Forwarded-Host: vh.test:81\r\nX-Forwarded-Server: vh.test\r\nX-Forwarded-Port: ${server.port}`,
  );
});

test("responses arrive as they were: HEAD, without a body, in chunks, until the close; to HTTP/1.0, too", async () => {
  const answers: Record<string, string> = {
    "/head": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    "/204": "HTTP/1.1 204 No Content\r\n\r\n",
    "/304": 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
    "/empty": response(""),
    "/chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
    "/early": `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response("abc")}`,
    "/close": "HTTP/1.1 200 OK\r\n\r\nabc",
  };
  using up = await upstream((head, socket) => {
    socket.write(answers[targetOf(head)] ?? "");
    if (targetOf(head) === "/close") socket.end();
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  using client = await talk(server);
  const ask = async (path: string, method = "GET"): Promise<unknown> => {
    client.send(request(`${method} /px${path}`));
    const { status, body, fields } = await client.answer(method);
    return [status, body, fields["content-length"]];
  };
  expect(await ask("/head", "HEAD")).toEqual([200, "", "5"]);
  expect(await ask("/204")).toEqual([204, "", undefined]);
  expect(await ask("/304")).toEqual([304, "", undefined]);
  expect(await ask("/empty")).toEqual([200, "", "0"]);
  expect(await ask("/chunks")).toEqual([200, "abc", undefined]);
  expect(await ask("/early")).toEqual([103, "", undefined]);
  expect((await client.answer()).body).toBe("abc");
  expect(await ask("/close")).toEqual([200, "abc", undefined]);
  // All on one connection, which the last response has closed.
  expect(up.accepted()).toBe(1);
  for (const path of ["/chunks", "/early", "/close"]) {
    expect(await server.raw(`GET /px${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nabc$/);
  }
});

test("a connection that the upstream has closed meanwhile costs no request, and none is sent twice that may not be", async () => {
  let drop = true;
  using up = await upstream((head, socket, rest) => {
    // Answers the first request of each connection and is gone when the second comes: nobody can have known.
    if (targetOf(head) === "/second" && drop) {
      drop = false;
      socket.destroy();
    } else socket.write(response(rest.toString()));
  });
  await using server = await proxy(["--proxy-mount-point=/px", up.url]);
  expect((await server.get("/px/first")).status).toBe(200);
  expect((await server.get("/px/second")).status).toBe(200);
  expect(up.accepted()).toBe(2);
  drop = true;
  const answer = await server.get("/px/second", { method: "POST", body: "once" });
  expect(answer.status).toBe(502);
  expect(up.heads().map(targetOf)).toEqual(["/first", "/second", "/second", "/second"]);
});

test("an upstream that is down is 503, and asked again as soon as it is up", async () => {
  let port = 0;
  {
    using first = await upstream(() => undefined);
    ({ port } = first);
  }
  await using server = await proxy(["--proxy-mount-point=/px", `http://127.0.0.1:${port}/`]);
  expect((await server.get("/px/a")).status).toBe(503);
  expect((await server.get("/px/a", { method: "POST", body: "x".repeat(300_000) })).status).toBe(503);
  await server.waitForLog(
    new RegExp(
      `proxying to http://127.0.0.1:${port}: the connection was refused; is it running\\?: answered 503: GET /px/a`,
    ),
  );
  using again = await upstream((_head, socket) => void socket.write(response("there")), port);
  expect(await server.text("/px/a")).toBe("there");
  expect(again.accepted()).toBe(1);
});

test("an upstream may listen on a UNIX socket", async () => {
  using home = folder();
  const path = join(home.path, "up.sock");
  using up = await upstream((head, socket) => void socket.write(response(targetOf(head))), path);
  chmodSync(path, 0o777);
  const missing = `unix:${home.path}/none.sock|http://localhost/`;
  const args = ["--proxy-mount-point=/px", `unix:${path}|http://app.test/x`, "--proxy-mount-point=/none", missing];
  await using server = await proxy(args);
  expect(await server.text("/px/a")).toBe("/x/a");
  expect(up.heads()[0]).toContain("\r\nHost: app.test\r\n");
  expect((await server.get("/none/a")).status).toBe(503);
  await server.waitForLog(/there is no such socket; is it running\?: answered 503/);
});

test("an upstream of HTTPS has to show a certificate that is trusted and of its name", async () => {
  using home = folder();
  const certificate = (name: string): { key: string; cert: string; path: string } => {
    const [key, path] = [join(home.path, `${name}.key`), join(home.path, `${name}.crt`)];
    const words = ["-keyout", key, "-out", path, "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    Bun.spawnSync(["openssl", "req", "-x509", ...curve, ...words]);
    return { key, cert: path, path };
  };
  const good = certificate("localhost");
  const known = serveSecurely(good);
  const unknown = serveSecurely(certificate("other"));
  try {
    const args = [
      "--proxy-mount-point=/known",
      `https://localhost:${known.port}/x`,
      "--proxy-mount-point=/named",
      `https://127.0.0.1:${known.port}/`,
      "--proxy-mount-point=/unknown",
      `https://localhost:${unknown.port}/`,
    ];
    await using server = await proxy(args, { env: { SSL_CERT_FILE: good.path } });
    expect(await server.text("/known/a")).toBe(`/x/a localhost:${known.port}`);
    expect((await server.get("/named/a")).status).toBe(502);
    await server.waitForLog(/TLS failed: Hostname\/IP does not match certificate's altnames.*: answered 502/);
    expect((await server.get("/unknown/a")).status).toBe(502);
    await server.waitForLog(/TLS failed: self.signed certificate.*: answered 502: GET \/unknown\/a/);
  } finally {
    await Promise.all([known.stop(true), unknown.stop(true)]);
  }
});

function serveSecurely({ key, cert }: { key: string; cert: string }) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: { key: Bun.file(key), cert: Bun.file(cert) },
    fetch: (asked) => new Response(`${new URL(asked.url).pathname} ${asked.headers.get("host")}`),
  });
}
