/** What scripts answer, and what they are told. */

import { expect } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { site } from "../http/notes.ts";
import { scripts, startWith } from "./scripts.ts";

const PLAIN = 'printf "Content-Type: text/plain\\n\\n"';

test("--with-cgi: an executable .cgi file of the document root answers, in its own directory, as the user of the workers", async () => {
  using root = scripts({
    "sub/a.cgi": `${PLAIN}; pwd; id -u; echo "$SCRIPT_NAME|$PATH_INFO|$#|$1"; ls /proc/self/fd | wc -w`,
  });
  await using server = await startWith(root);
  const response = await server.get("/sub/a.cgi/more/x?one+two");
  expect(response.headers.get("content-type")).toBe("text/plain");
  const [directory, uid, names, descriptors] = (await response.text()).split("\n");
  const [worker = 0] = server.processes().workers;
  expect(directory).toBe(join(root.path, "sub"));
  expect(uid).toBe(await uidOf(worker));
  expect(names).toBe("/sub/a.cgi|/more/x|2|one");
  // Its own three, and the one with which ls reads the directory.
  expect(descriptors).toBe("4");
  // A script that isn't there is the application's.
  expect(await server.text("/echo/missing.cgi")).toBe("GET /echo/missing.cgi ");
});

async function uidOf(pid: number): Promise<string | undefined> {
  return /^Uid:\s+(\d+)/m.exec(await Bun.file(`/proc/${pid}/status`).text())?.[1];
}

test("--with-cgi: a script gets the environment of CGI, --setenv and --passenv, and nothing else of the server's", async () => {
  using root = scripts({ "env.cgi": `${PLAIN}; env -0` });
  const args = ["--setenv", "GREETING", "hello world", "--setenv", "SERVER_NAME", "evil", "--passenv=PASSED"];
  await using server = await startWith(root, args, { env: { PASSED: "on", SECRET: "x" } });
  const headers = { Authorization: "Basic eDp5", Proxy: "http://evil/", Cookie: "a=1", "X-Own": "1" };
  const text = await server.text("/env.cgi/p?a=b", { method: "POST", body: "abc", headers });
  const environment = Object.fromEntries(
    text.split("\0").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  ) as Record<string, string | undefined>;
  expect(environment).toMatchObject({
    GATEWAY_INTERFACE: "CGI/1.1",
    REQUEST_METHOD: "POST",
    QUERY_STRING: "a=b",
    REQUEST_URI: "/env.cgi/p?a=b",
    SCRIPT_NAME: "/env.cgi",
    SCRIPT_FILENAME: join(root.path, "env.cgi"),
    PATH_INFO: "/p",
    PATH_TRANSLATED: join(root.path, "p"),
    DOCUMENT_ROOT: root.path,
    CONTENT_LENGTH: "3",
    REMOTE_ADDR: "127.0.0.1",
    SERVER_NAME: "127.0.0.1",
    SERVER_PORT: `${server.port}`,
    SERVER_PROTOCOL: "HTTP/1.1",
    HTTP_COOKIE: "a=1",
    HTTP_X_OWN: "1",
    GREETING: "hello world",
    PASSED: "on",
  });
  expect(environment["PATH"]).toContain("/bin");
  const foreign = Object.keys(environment).filter((name) =>
    /^(?:SECRET|HOME|HTTP_PROXY|HTTP_AUTHORIZATION|MALT.*|BUN.*|mod_wsgi.*)$/.test(name),
  );
  expect(foreign).toEqual([]);
});

test("--with-cgi: status, reason, repeated fields and a length are the script's; framing is not", async () => {
  using root = scripts({
    "a.cgi":
      'printf "Status: 404 Nope Here\\nX-A: 1\\nX-A: 2\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\nServer: foo\\nTransfer-Encoding: chunked\\nContent-Length: 3\\n\\nabc"',
    "empty.cgi": 'printf "Status: 204\\n\\nabc"',
    "etag.cgi": 'printf "ETag: \\"q\\"\\n\\nabc"',
  });
  await using server = await startWith(root);
  const text = await server.raw("GET /a.cgi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(text).toStartWith("HTTP/1.1 404 Nope Here\r\n");
  expect(text).toContain("X-A: 1\r\nX-A: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
  expect(text).toContain("\r\nServer: Malt\r\n");
  expect(text).toEndWith("Content-Length: 3\r\nConnection: close\r\n\r\nabc");
  expect(await server.raw("HEAD /a.cgi HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toEndWith("\r\n\r\n");
  const empty = await server.get("/empty.cgi");
  expect([empty.status, await empty.text()]).toEqual([204, ""]);
  const unchanged = await server.get("/etag.cgi", { headers: { "If-None-Match": '"q"' } });
  expect([unchanged.status, unchanged.headers.get("etag")]).toEqual([304, '"q"']);
  expect(await server.text("/etag.cgi")).toBe("abc");
});

test("--with-cgi: a path in Location is answered by that resource of the site, a URL redirects the client", async () => {
  using root = scripts({
    "echo/x.txt": "a file",
    "file.cgi": 'printf "Location: /echo/x.txt\\n\\n"',
    "app.cgi": 'printf "Location: /echo/app?q=1\\n\\n"',
    "script.cgi": 'printf "Location: /env.cgi?b\\n\\n"',
    "env.cgi": `${PLAIN}; echo "$REQUEST_METHOD $REDIRECT_URL $REDIRECT_QUERY_STRING $REQUEST_URI [$CONTENT_LENGTH] $(cat)"`,
    "away.cgi": 'printf "Location: http://example.com/y\\nSet-Cookie: a=1\\n\\nunseen"',
    "moved.cgi": 'printf "Status: 301\\nLocation: /echo/x.txt\\n\\nbody"',
    "loop.cgi": 'printf "Location: /loop.cgi\\n\\n"',
  });
  await using server = await startWith(root);
  expect(await server.text("/file.cgi")).toBe("a file");
  const body = { method: "POST", body: "x".repeat(300_000) };
  expect(await server.text("/app.cgi", body)).toBe("GET /echo/app ");
  expect(await server.text("/script.cgi?a=1", { method: "POST", body: "abc" })).toBe(
    "GET /script.cgi a=1 /script.cgi?a=1 [] \n",
  );
  const away = await server.get("/away.cgi");
  expect([away.status, away.headers.get("location"), away.headers.get("set-cookie")]).toEqual([
    302,
    "http://example.com/y",
    "a=1",
  ]);
  expect(await away.text()).not.toContain("unseen");
  const moved = await server.get("/moved.cgi");
  expect([moved.status, moved.headers.get("location"), await moved.text()]).toEqual([301, "/echo/x.txt", "body"]);
  expect((await server.get("/loop.cgi")).status).toBe(500);
  await server.waitForLog(/exceeded the limit of 10 internal redirects/);
});

test("--with-cgi: an nph- script says everything itself, on a connection that goes on all the same", async () => {
  using root = scripts({
    "nph-a.cgi": 'printf "HTTP/1.0 299 Fine\\nX-Me: 1\\nContent-Length: 3\\n\\nraw"',
    "nph-b.cgi": "echo hello",
  });
  await using server = await startWith(root);
  using client = await server.connect();
  const request = "GET /nph-a.cgi HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(request + request);
  const text = await client.read((received) => received.split("raw").length === 3);
  expect(text.match(/HTTP\/1\.1 299 Fine\r\n/g)).toHaveLength(2);
  expect(text).toContain("X-Me: 1\r\n");
  expect((await server.get("/nph-b.cgi")).status).toBe(500);
});

test("--with-cgi: what is no answer is 500, and the log says why; standard error is logged line by line", async () => {
  using root = scripts({
    "none.cgi": "exit 3",
    "half.cgi": 'echo "A: 1"',
    "text.cgi": "echo hello world",
    "status.cgi": 'printf "Status: abc\\n\\n"',
    "lost.cgi": "#!/no/such/interpreter\n",
    "plain.cgi": "",
    "talks.cgi": `echo first >&2; echo second >&2; ${PLAIN}; echo ok; exit 1`,
    "cut.cgi": 'printf "Content-Length: 10\\n\\nabc"',
  });
  chmodSync(join(root.path, "plain.cgi"), 0o644);
  await using server = await startWith(root);
  const failures: readonly (readonly [name: string, why: RegExp])[] = [
    ["none", /\[client 127\.0\.0\.1:\d+\] End of script output before headers: none\.cgi/],
    ["half", /Premature end of script headers: half\.cgi/],
    ["text", /malformed header from script 'text\.cgi': Bad header: hello world/],
    ["status", /Invalid status line from script 'status\.cgi': abc/],
    ["lost", /exec of '.*\/lost\.cgi' failed \(ENOENT\)/],
    ["plain", /exec of '.*\/plain\.cgi' failed \(EACCES\)/],
  ];
  for (const [name, why] of failures) {
    expect((await server.get(`/${name}.cgi`)).status).toBe(500);
    await server.waitForLog(why);
  }
  // Its exit status is nobody's business.
  expect(await server.text("/talks.cgi")).toBe("ok\n");
  await server.waitForLog(/\[client 127\.0\.0\.1:\d+\] stderr from talks\.cgi: first$/m);
  await server.waitForLog(/stderr from talks\.cgi: second/);
  using client = await server.connect();
  client.send("GET /cut.cgi HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.readToEnd();
  expect(client.wasReset()).toBe(true);
  await server.waitForLog(/less than its Content-Length: the response was cut/);
});

test("--with-cgi: without it the text of a script is a file like others", async () => {
  using root = scripts({ "a.cgi": "echo hello" });
  await using server = await start(site, [`--document-root=${root.path}`]);
  expect(await server.text("/a.cgi")).toBe("#!/bin/sh\necho hello\n");
});
