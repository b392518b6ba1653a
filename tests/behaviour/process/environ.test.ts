/** The environ of a request, as mod_wsgi-express makes it, and the options that add to it. */

import { expect } from "bun:test";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { inside, look, refusal } from "./inside.ts";

/** What a plain request has with mod_wsgi-express 4.9.4, apart from the fields that the client sent. */
const KEYS = [
  "CONTEXT_DOCUMENT_ROOT",
  "CONTEXT_PREFIX",
  "DOCUMENT_ROOT",
  "GATEWAY_INTERFACE",
  "PATH_INFO",
  "QUERY_STRING",
  "REMOTE_ADDR",
  "REMOTE_PORT",
  "REQUEST_METHOD",
  "REQUEST_SCHEME",
  "REQUEST_URI",
  "SCRIPT_FILENAME",
  "SCRIPT_NAME",
  "SERVER_ADDR",
  "SERVER_ADMIN",
  "SERVER_NAME",
  "SERVER_PORT",
  "SERVER_PROTOCOL",
  "SERVER_SIGNATURE",
  "SERVER_SOFTWARE",
  "apache.version",
  "mod_wsgi.application_group",
  "mod_wsgi.callable_object",
  "mod_wsgi.daemon_connects",
  "mod_wsgi.daemon_restarts",
  "mod_wsgi.daemon_start",
  "mod_wsgi.enable_sendfile",
  "mod_wsgi.handler_script",
  "mod_wsgi.ignore_activity",
  "mod_wsgi.listener_host",
  "mod_wsgi.listener_port",
  "mod_wsgi.path_info",
  "mod_wsgi.process_group",
  "mod_wsgi.queue_start",
  "mod_wsgi.request_handler",
  "mod_wsgi.request_id",
  "mod_wsgi.request_start",
  "mod_wsgi.script_name",
  "mod_wsgi.script_reloading",
  "mod_wsgi.script_start",
  "mod_wsgi.thread_id",
  "mod_wsgi.thread_requests",
  "mod_wsgi.total_requests",
  "mod_wsgi.version",
  "wsgi.errors",
  "wsgi.file_wrapper",
  "wsgi.input",
  "wsgi.input_terminated",
  "wsgi.multiprocess",
  "wsgi.multithread",
  "wsgi.run_once",
  "wsgi.url_scheme",
  "wsgi.version",
];

/** Times in microseconds since the epoch, in the order in which they are taken. */
const TIMES = ["request_start", "queue_start", "daemon_start", "script_start"].map((name) => `mod_wsgi.${name}`);

test("a plain request has the keys of the original, no more and no less, and each the value it should", async () => {
  await using server = await start(inside);
  using client = await server.connect();
  const before = Date.now() * 1000;
  client.send(
    `GET /p?q=1 HTTP/1.1\r\nHost: Site.Example:8080\r\nUser-Agent: test/1.0\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  const response = await client.readToEnd();
  const after = (Date.now() + 1) * 1000;
  const { environ } = JSON.parse(response.slice(response.indexOf("\r\n\r\n"))) as { environ: Record<string, unknown> };

  const sent = ["HTTP_ACCEPT", "HTTP_CONNECTION", "HTTP_HOST", "HTTP_USER_AGENT"];
  expect(Object.keys(environ).toSorted()).toEqual([...KEYS, ...sent].toSorted());

  const root = join(server.root, "htdocs");
  const times = Object.fromEntries(TIMES.map((name) => [name, expect.stringMatching(/^\d{16}$/)]));
  expect(environ).toEqual({
    CONTEXT_DOCUMENT_ROOT: root,
    CONTEXT_PREFIX: "",
    DOCUMENT_ROOT: root,
    GATEWAY_INTERFACE: "CGI/1.1",
    HTTP_ACCEPT: "*/*",
    HTTP_CONNECTION: "close",
    HTTP_HOST: "Site.Example:8080",
    HTTP_USER_AGENT: "test/1.0",
    PATH_INFO: "/p",
    QUERY_STRING: "q=1",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: expect.stringMatching(/^\d+$/),
    REQUEST_METHOD: "GET",
    REQUEST_SCHEME: "http",
    REQUEST_URI: "/p?q=1",
    SCRIPT_FILENAME: join(root, "p"),
    SCRIPT_NAME: "",
    SERVER_ADDR: "127.0.0.1",
    SERVER_ADMIN: "[no address given]",
    SERVER_NAME: "site.example",
    SERVER_PORT: "8080",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SIGNATURE: "",
    SERVER_SOFTWARE: "Malt",
    "apache.version": [2, 4, expect.any(Number)],
    "mod_wsgi.application_group": "",
    "mod_wsgi.callable_object": "handle_request",
    "mod_wsgi.daemon_connects": "1",
    "mod_wsgi.daemon_restarts": "0",
    "mod_wsgi.enable_sendfile": "0",
    "mod_wsgi.handler_script": join(server.root, "handler.wsgi"),
    "mod_wsgi.ignore_activity": "0",
    "mod_wsgi.listener_host": "",
    "mod_wsgi.listener_port": `${server.port}`,
    "mod_wsgi.path_info": "",
    "mod_wsgi.process_group": expect.stringMatching(/^localhost:\d+$/),
    "mod_wsgi.request_handler": "wsgi-handler",
    "mod_wsgi.request_id": expect.stringMatching(/^[\w@/+-]{11}$/),
    "mod_wsgi.script_name": "/p",
    "mod_wsgi.script_reloading": "1",
    "mod_wsgi.thread_id": expect.any(Number),
    "mod_wsgi.thread_requests": 0,
    "mod_wsgi.total_requests": 0,
    "mod_wsgi.version": [4, 9, 4],
    ...times,
    "wsgi.errors": expect.any(String),
    "wsgi.file_wrapper": "class FileWrapper",
    "wsgi.input": expect.any(String),
    "wsgi.input_terminated": true,
    "wsgi.multiprocess": false,
    "wsgi.multithread": true,
    "wsgi.run_once": false,
    "wsgi.url_scheme": "http",
    "wsgi.version": [1, 0],
  });

  const moments = TIMES.map((name) => Number(environ[name]));
  expect([before, ...moments, after]).toEqual([before, ...moments, after].toSorted((a, b) => a - b));
  expect(environ["mod_wsgi.thread_id"]).toBeGreaterThanOrEqual(1);
});

test("without a Host the name is that of the listener, and the port the real one", async () => {
  await using server = await start(inside, ["--host=127.0.0.1"]);
  const response = await server.raw("GET / HTTP/1.0\r\n\r\n");
  const { environ } = JSON.parse(response.slice(response.indexOf("\r\n\r\n"))) as { environ: Record<string, unknown> };
  expect(environ).toMatchObject({
    SERVER_NAME: "127.0.0.1",
    SERVER_PORT: `${server.port}`,
    SERVER_PROTOCOL: "HTTP/1.0",
    "mod_wsgi.listener_host": "127.0.0.1",
    "mod_wsgi.listener_port": `${server.port}`,
  });
  expect(environ).not.toHaveProperty("HTTP_HOST");
});

test("requests are numbered, by worker and by thread, and have ids of their own", async () => {
  await using server = await start(inside, ["--threads=1"]);
  const ids = new Set<unknown>();
  for (let count = 0; count < 3; count += 1) {
    const { environ } = await look(server);
    expect(environ).toMatchObject({
      "mod_wsgi.total_requests": count,
      "mod_wsgi.thread_requests": count,
      "mod_wsgi.thread_id": 1,
    });
    ids.add(environ["mod_wsgi.request_id"]);
  }
  expect(ids.size).toBe(3);
});

test("--setenv: keys are added to the environ of every request, not to the environment of the process", async () => {
  const odd = `it's "odd" \\ é 100%`;
  const args = ["--setenv", "MY_KEY", "first", "--setenv", "MY_KEY", "second", "--setenv", "a.b-c", odd];
  await using server = await start(inside, [...args, "--setenv", "EMPTY", ""]);
  const { environ, variables } = await look(server);
  const latin1 = Buffer.from(odd, "utf8").toString("latin1");
  expect(environ).toMatchObject({ MY_KEY: "second", "a.b-c": latin1, EMPTY: "" });
  for (const name of ["MY_KEY", "EMPTY"]) expect(variables).not.toHaveProperty(name);
  expect((await look(server, "/again")).environ).toMatchObject({ MY_KEY: "second" });
});

test("--setenv: no key that the server sets itself can be changed", async () => {
  await using plain = await start(inside);
  await using server = await start(
    inside,
    KEYS.flatMap((key) => ["--setenv", key, "changed"]),
  );
  const { environ } = await look(server, "/p?q=1");
  expect(Object.entries(environ).filter(([, value]) => value === "changed")).toEqual([]);
  expect(Object.keys(environ).toSorted()).toEqual(Object.keys((await look(plain, "/p?q=1")).environ).toSorted());
});

test("--setenv: what the server does not set can be supplied, and what a client sends wins", async () => {
  const args = [
    "--setenv",
    "REMOTE_USER",
    "ann",
    "--setenv",
    "HTTP_X_TIER",
    "gold",
    "--setenv",
    "CONTENT_TYPE",
    "text/x",
  ];
  await using server = await start(inside, args);
  expect((await look(server)).environ).toMatchObject({
    REMOTE_USER: "ann",
    HTTP_X_TIER: "gold",
    CONTENT_TYPE: "text/x",
  });
  const headers = { "X-Tier": "tin", "Content-Type": "text/plain" };
  expect((await look(server, "/", { headers })).environ).toMatchObject({
    HTTP_X_TIER: "tin",
    CONTENT_TYPE: "text/plain",
  });
});

test("--setenv: HTTPS makes wsgi.url_scheme https where it is on or 1, and is itself never seen", async () => {
  for (const [value, scheme] of [
    ["on", "https"],
    ["1", "https"],
    ["off", "http"],
  ] as const) {
    await using server = await start(inside, ["--setenv", "HTTPS", value]);
    for (const path of ["/first", "/second"]) {
      const { environ } = await look(server, path);
      expect(environ).toMatchObject({ "wsgi.url_scheme": scheme, REQUEST_SCHEME: "http" });
      expect(environ).not.toHaveProperty("HTTPS");
    }
  }
});

test("--setenv: a key without a name, or without a value, is refused", async () => {
  for (const [args, text] of [
    [["--setenv", "", "x"], "option --setenv: an empty name"],
    [["--setenv", "KEY"], "--setenv option requires 2 arguments"],
  ] as const) {
    const { code, err } = await refusal(args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(text) });
  }
});

test("--passenv: variables of the server are in every request, byte by byte, and one that is not set is told and left out", async () => {
  const env = { MY_VARIABLE: "größer", MY_EMPTY: "" };
  const args = ["MY_VARIABLE", "MY_EMPTY", "MY_MISSING"].flatMap((name) => ["--passenv", name]);
  await using server = await start(inside, args, { env });
  const { environ, variables } = await look(server);
  expect(environ).toMatchObject({ MY_VARIABLE: Buffer.from("größer", "utf8").toString("latin1"), MY_EMPTY: "" });
  expect(environ).not.toHaveProperty("MY_MISSING");
  expect(variables["MY_VARIABLE"]).toBe("größer");
  expect(server.log()).toMatch(/^malt: warning: --passenv MY_MISSING: /m);
  expect(server.log()).toMatch(/\[env:warn\].* AH01506: PassEnv variable MY_MISSING was undefined$/m);
});

test("--passenv: no key that the server sets itself can be changed", async () => {
  const env = { SERVER_SOFTWARE: "changed", REQUEST_METHOD: "changed", DOCUMENT_ROOT: "changed" };
  const args = Object.keys(env).flatMap((name) => ["--passenv", name]);
  await using server = await start(inside, args, { env });
  const { environ } = await look(server);
  expect(Object.entries(environ).filter(([, value]) => value === "changed")).toEqual([]);
});

test("the environment of the process tells the application about its server, in the words of the original", async () => {
  await using server = await start(inside, ["--host=127.0.0.1"], { env: { GREETING: "hello" } });
  const { variables, cwd, argv } = await look(server);
  expect(variables).toMatchObject({
    GREETING: "hello",
    MOD_WSGI_EXPRESS: "true",
    MOD_WSGI_SERVER_ROOT: server.root,
    MOD_WSGI_SERVER_NAME: "127.0.0.1",
    MOD_WSGI_SERVER_ALIASES: "",
    MOD_WSGI_LISTENER_HOST: "127.0.0.1",
    MOD_WSGI_HTTP_PORT: `${server.port}`,
    MOD_WSGI_HTTPS_PORT: "None",
    MOD_WSGI_WORKING_DIRECTORY: cwd,
    PYTHON_EGG_CACHE: join(server.root, "python-eggs"),
  });
  expect(argv).toEqual(["mod_wsgi"]);
});
