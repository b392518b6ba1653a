/** What probes are told, and that they are told it whatever the application does. */

import { expect } from "bun:test";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { busy, metricsOf, readyAt } from "./inside.ts";

/** An application that runs `code` when it is loaded. */
function scriptIn(place: string, code: string): string {
  const script = join(place, "app.py");
  const application = `def application(environ, start_response):\n    start_response("200 OK", [])\n    return []\n`;
  writeFileSync(script, `${code}\n${application}`);
  return script;
}

test("--health-path: ready while a worker is, and alive before that", async () => {
  using place = folder();
  const gate = join(place.path, "gate");
  writeFileSync(gate, "");
  const script = scriptIn(
    place.path,
    `import os, time\nwhile os.path.exists(${JSON.stringify(gate)}): time.sleep(0.01)`,
  );
  await using server = await start(script, ["--health-path=/up"], { until: "banner" });
  const early = await until("the front end to answer", async () => server.get("/up").catch(() => null));
  expect([early.status, await early.json()]).toEqual([503, { status: "unavailable", why: "no worker is ready" }]);
  const alive = await server.get("/up?alive");
  expect([alive.status, await alive.json()]).toEqual([200, { status: "alive" }]);
  rmSync(gate);
  const ready = await readyAt(`${server.url}/up`);
  expect(await ready.json()).toEqual({ status: "ready", workers: 1 });
  expect(ready.headers.get("Cache-Control")).toBe("no-store");
});

test("--health-path: a server whose application can't be loaded is alive and not ready, until it can be", async () => {
  using place = folder();
  const database = join(place.path, "database");
  const script = scriptIn(place.path, `open(${JSON.stringify(database)}).close()`);
  const options = ["--health-path=/up", "--startup-timeout=1", "--metrics-path=/metrics"];
  await using server = await start(script, options);
  const failed = await server.get("/up");
  expect([failed.status, await failed.json()]).toEqual([
    503,
    { status: "unavailable", why: "the application could not be loaded" },
  ]);
  expect((await server.get("/up?alive")).status).toBe(200);
  expect(Object.fromEntries(await metricsOf(server))).toMatchObject({ malt_workers_loaded: 0 });
  writeFileSync(database, "");
  // No request has to come for it: a load balancer sends none.
  await readyAt(`${server.url}/up`);
  await until("the gauge", async () => (await metricsOf(server)).get("malt_workers_loaded") === 1);
});

test("a request that has the application loaded after all makes the server ready", async () => {
  using place = folder();
  const database = join(place.path, "database");
  const script = scriptIn(place.path, `open(${JSON.stringify(database)}).close()`);
  await using server = await start(script, ["--health-path=/up", "--startup-timeout=0"]);
  expect((await server.get("/up")).status).toBe(503);
  expect((await server.get("/")).status).toBe(500);
  writeFileSync(database, "");
  expect((await server.get("/")).status).toBe(200);
  await readyAt(`${server.url}/up`);
});

test("while one worker has the application, requests don't go to those that could not load it", async () => {
  using place = folder();
  // Workers may run as another user.
  chmodSync(place.path, 0o777);
  const script = scriptIn(place.path, `import os\nos.mkdir(${JSON.stringify(join(place.path, "taken"))})`);
  await using server = await start(script, ["--health-path=/up", "--startup-timeout=0", "--processes=3"]);
  const ready = await readyAt(`${server.url}/up`);
  expect(await ready.json()).toEqual({ status: "ready", workers: 1 });
  const answers = await Promise.all(Array.from({ length: 40 }, () => server.get("/")));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
});

test("probes are answered while every thread is busy, whatever host they name, and leave no trace", async () => {
  const options = ["--health-path=/up", "--threads=1", "--server-name=www.example.org", "--access-log"];
  await using server = await start(busy, options);
  await readyAt(`${server.url}/up`);
  const slow = server.get("/?1", { headers: { Host: "www.example.org" } });
  for (let count = 0; count < 5; count++) expect((await server.get("/up")).status).toBe(200);
  expect(await server.raw("HEAD /up HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\n$/);
  expect((await server.get("/up", { method: "POST", body: "x" })).status).toBe(405);
  expect((await server.get("/")).status).toBe(403);
  expect((await slow).status).toBe(200);
  await server.waitForOutput(/"GET \/\?1 HTTP\/1.1" 200 /);
  expect(server.output()).not.toContain("/up");
});

test("a server that stops is not ready for what comes over a connection that is open", async () => {
  await using server = await start(busy, ["--health-path=/up", "--threads=2", "--keep-alive-timeout=20"]);
  await readyAt(`${server.url}/up`);
  using probe = await server.connect();
  const request = "GET /up HTTP/1.1\r\nHost: localhost\r\n\r\n";
  // The first half of a request keeps the connection from being closed as an idle one.
  probe.send(`${request}${request.slice(0, 10)}`);
  await probe.read(/"ready"/);
  const busyUntil = server.get("/?1");
  await until("the request to run", () => server.text("/up").then(() => true));
  const ended = server.stop();
  await server.waitForLog(/AH00491/);
  await until("the front end to drain", async () => {
    const another = await server.connect().catch(() => null);
    another?.[Symbol.dispose]();
    return another === null;
  });
  probe.send(request.slice(10));
  expect(await probe.readToEnd()).toMatch(/HTTP\/1.1 503 [^]*the server stops/);
  await busyUntil;
  expect(await ended).toBe(0);
});

test("a site of files is ready without a worker", async () => {
  using place = folder();
  await using server = await start(null, ["--application-type=static", place.path, "--health-path=/up"], {
    until: "banner",
  });
  const answer = await until("the front end to answer", async () => server.get("/up").catch(() => null));
  expect([answer.status, await answer.json()]).toEqual([200, { status: "ready", workers: 0 }]);
});

test("without --health-path the application has every path", async () => {
  await using server = await start(app("hello.py"));
  expect(await server.text("/health")).toBe("Hello, World!\n");
});
