/** What the lines of the logs look like, where the options say so. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { refusal } from "./inside.ts";

const printing = app("printing.py");
const hello = app("hello.py");

/** The last line that was written to the access log, once the server has ended. */
async function lastAccess(server: Server): Promise<string> {
  expect(await server.stop()).toBe(0);
  return server.output().trimEnd().split("\n").at(-1) ?? "";
}

test("--error-log-format: lines of the server, of the front end and of the application follow it, empty fields are left out", async () => {
  const format = "%{cu}t %l %m %P %a %{X-Test}i %L [%{Missing}i] |%M";
  await using server = await start(printing, ["--error-log-format", format, "--log-level=info"]);
  const headers = { "X-Test": 'caf\u00e9 "q"' };
  expect(await server.text("/lines", { headers })).toBe("ok");
  expect((await server.get("/lines", { method: "POST", headers, body: chunked() })).status).toBe(411);
  expect(await server.stop()).toBe(0);
  const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}`;
  const lines = server.log().trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(new RegExp(`^${time} \\w+ \\w+ \\d+ .*\\|`));
  const one = String.raw`error wsgi \d+ 127\.0\.0\.1:\d+ caf\\xe9 "q" [0-9a-z]{11} \|`;
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${time} ${one}four$`)));
  const refused = String.raw`error wsgi \d+ 127\.0\.0\.1:\d+ caf\\xe9 "q" \|a chunked request body needs`;
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${time} ${refused}`)));
  const notice = String.raw`notice core ${server.pid} \|AH00489: Malt/`;
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${time} ${notice}`)));
});

/** A body whose length the client doesn't say. */
function chunked(): ReadableStream {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue("some");
      controller.close();
    },
  });
}

test("--error-log-format: %{NAME}e is a variable of --setenv and --passenv, whoever writes about the request", async () => {
  const given = [
    "--setenv",
    "colour",
    "r\u00f6t",
    "--passenv",
    "MALT_TEST_TASTE",
    "--setenv",
    "REQUEST_METHOD",
    "none",
  ];
  const format = ["--error-log-format", "%{colour}e %{MALT_TEST_TASTE}e %{REQUEST_METHOD}e|%M"];
  await using server = await start(printing, [...given, ...format], { env: { MALT_TEST_TASTE: "sweet" } });
  expect(await server.text("/lines")).toBe("ok");
  expect((await server.get("/lines", { method: "POST", body: chunked() })).status).toBe(411);
  expect(await server.stop()).toBe(0);
  const lines = server.log().trimEnd().split("\n");
  expect(lines).toContain("r\\xc3\\xb6t sweet GET|four");
  expect(lines).toContainEqual(expect.stringMatching(/^r\\xc3\\xb6t sweet POST\|a chunked request body needs/));
});

test("a record of the server writes what a client asked for as a URL, whatever bytes it sent", async () => {
  await using server = await start(hello);
  const request =
    "POST /caf\u00c3\u00a9?\u00e2\u0080\u00ae%41 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  expect(await server.raw(Buffer.from(request, "latin1"))).toStartWith("HTTP/1.1 411 ");
  await server.waitForLog(/: answered 411: POST \/caf%C3%A9\?%E2%80%AE%41$/m);
});

test("--error-log-format: a directive that does not exist is refused, and named; so is one without the message", async () => {
  for (const [format, what] of [
    ["%t %Q %M", "error log format: %Q is no directive known here, at character 4"],
    ["%t %l", "error log format: the message, %M, is missing"],
  ] as const) {
    const { code, err, out } = await refusal([`--error-log-format=${format}`]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`malt: error: ${what}`);
    expect(err).toContain(`--error-log-format  ${format}\n`);
  }
});

test("--log-format: json makes each record of both logs an object, and the id tells which belong together", async () => {
  await using server = await start(printing, ["--access-log", "--log-format=json", "--log-level=info"]);
  const headers = { Referer: 'http://from/"', "User-Agent": "test/1.0" };
  expect(await server.text("/lines?q=1", { headers })).toBe("ok");
  expect(await server.raw("nonsense\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
  expect(await server.stop()).toBe(0);
  const errors = server
    .log()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const accesses = server
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const [request, garbage] = accesses;
  expect(accesses).toHaveLength(2);
  expect(request).toEqual({
    time: TIME,
    client: "127.0.0.1",
    peer: "127.0.0.1",
    user: null,
    method: "GET",
    path: "/lines",
    query: "q=1",
    protocol: "HTTP/1.1",
    status: 200,
    bytes: 2,
    duration_us: expect.any(Number),
    host: "127.0.0.1",
    port: server.port,
    referer: 'http://from/"',
    user_agent: "test/1.0",
    earlier_requests: 0,
    connection: "kept",
    id: expect.stringMatching(/^[0-9a-z]{11}$/),
  });
  expect(garbage).toMatchObject({ method: null, path: null, status: 400, received: "nonsense", connection: "closed" });
  expect(errors).toContainEqual({
    time: TIME,
    level: "error",
    module: "wsgi",
    pid: expect.any(Number),
    tid: expect.any(Number),
    client: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    id: request?.["id"],
    method: "GET",
    path: "/lines?q=1",
    message: "four",
  });
  expect(errors).toContainEqual(expect.objectContaining({ level: "notice", module: "core", client: null, id: null }));
});

test("--access-log-format: bytes on the wire, time to the first byte, the place on the connection, and where it went", async () => {
  const format = "%I %O %{x}^ti %^FB %k %X %R %f %L %{colour}e %p %v";
  const options = [
    "--access-log",
    "--access-log-format",
    format,
    "--chunked-request",
    "--setenv",
    "colour",
    "r\u00f6t",
  ];
  await using server = await start(hello, options);
  const request =
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: trailer\r\n\r\n";
  const last = "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const received = await server.raw(request + last);
  const second = received.indexOf("HTTP/1.1", 1);
  const line = await lastAccess(server);
  const [first = ""] = server.output().split("\n").slice(-3);
  const rest = `wsgi-handler \\S+/htdocs/%s [0-9a-z]{11} r\\\\xc3\\\\xb6t ${server.port} localhost`;
  expect(first).toMatch(new RegExp(`^${request.length} ${second} trailer [1-9]\\d* 0 \\+ ${rest.replace("%s", "a")}$`));
  const bytes = `${last.length} ${received.length - second}`;
  expect(line).toMatch(new RegExp(`^${bytes} - [1-9]\\d* 1 - ${rest.replace("%s", "b")}$`));
});

for (const [name, args, row] of [
  ["startup_log", [], (root: string) => `Startup Log File   : ${root}/startup_log\n`],
  ["start.txt", ["--startup-log-name=start.txt"], (root: string) => `Startup Log File   : ${root}/start.txt\n`],
] as const) {
  test(`--startup-log-name: warnings of the start are in ${name}, as the banner says`, async () => {
    const options = ["--startup-log", ...args, "--passenv=NO_SUCH_VARIABLE"];
    await using server = await start(hello, options, { without: ["--log-to-terminal"] });
    expect(server.output()).toContain(row(server.root));
    const warning = "--passenv NO_SUCH_VARIABLE: there is no such variable, so requests will not have it";
    expect(readFileSync(join(server.root, name), "utf8")).toMatch(
      new RegExp(`^\\[[^\\]]+\\] \\[core:warn\\] \\[pid ${server.pid}:tid ${server.pid}\\] ${warning}\\n$`),
    );
  });
}

test("--startup-log: why a server did not start is there, and on standard error", async () => {
  await using first = await start(hello);
  await using home = await start(hello, ["--startup-log"], { without: ["--log-to-terminal"] });
  const { code, err } = await refusal([hello, `--port=${first.port}`, "--startup-log", `--log-directory=${home.root}`]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`${first.port}`) });
  const reported = readFileSync(join(home.root, "startup_log"), "utf8");
  expect(reported).toMatch(/^\[[^\]]+\] \[core:crit\] \[pid \d+:tid \d+\] .+$/m);
  // Where the checkout lies in a closed folder, warnings about that come first.
  const reason = /^malt: (.*port in use.*)$/m.exec(err)?.[1];
  expect(reported).toContain(reason ?? "a reason on standard error");
});

test("a client that connects and sends nothing is in the access log with 408, one that sends half a head with its request line", async () => {
  const options = ["--access-log", "--access-log-format=%r|%>s|%b|%m|%{Host}i", "--header-timeout=1"];
  await using server = await start(hello, options);
  using silent = await server.connect();
  expect(await server.raw("GET /half HTTP/1.1\r\nHost: x\r\n")).toStartWith("HTTP/1.1 408 ");
  expect(await silent.readToEnd()).toBe("");
  expect(await server.stop()).toBe(0);
  const lines = server.output().trimEnd().split("\n").slice(-2);
  expect(lines.toSorted()).toEqual(["-|408|-|-|-", expect.stringMatching(/^GET \/half HTTP\/1\.1\|408\|\d+\|GET\|x$/)]);
});
