/** The status page, in its three forms, and who may see it. */

import { expect } from "bun:test";
import { join } from "node:path";
import { parse, type Report } from "./report.ts";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { edit } from "../process/sources.ts";
import { busy, metricsOf, readyAt } from "./inside.ts";

test("--server-status: people on this machine see what the server does", async () => {
  await using server = await start(busy, ["--server-status", "--processes=2", "--threads=3", "--access-log"]);
  expect(server.output()).toContain(`Server Status      : http://localhost:${server.port}/server-status\n`);
  await server.text("/");
  const asleep = server.raw(`GET /<b>"x"</b>?1.5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const page = await until("the page to show the request", async () => {
    const text = await server.text("/server-status");
    return text.includes("&lt;b&gt;") ? text : null;
  });
  expect(page).toContain("GET /&lt;b&gt;&quot;x&quot;&lt;/b&gt;?1.5");
  expect(page).not.toContain("<b>");
  // Whatever the page needs is in it.
  expect(page).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
  for (const pid of server.processes().workers) expect(page).toContain(`<h3>${pid} `);
  expect(page.match(/<span class="busy"/g)).toHaveLength(1);
  expect(page.match(/<span class="idle"/g)).toHaveLength(5);
  const head = await server.get("/server-status?refresh=7", { method: "HEAD" });
  expect([head.headers.get("Refresh"), head.headers.get("Content-Type")]).toEqual(["7", "text/html; charset=utf-8"]);
  await server.waitForOutput(/"HEAD \/server-status\?refresh=7 HTTP\/1.1" 200 /);
  await asleep;
});

test("?auto is the form of Apache", async () => {
  await using server = await start(busy, ["--server-status", "--threads=3"]);
  for (let count = 0; count < 4; count++) await server.text("/");
  const text = await server.text("/server-status?auto");
  const rows = new Map(text.split("\n").map((line) => line.split(": ") as [string, string]));
  expect(Object.fromEntries(rows)).toMatchObject({
    "Total Accesses": "4",
    "Total kBytes": "0",
    BytesPerReq: "4",
    BusyWorkers: "0",
    IdleWorkers: "3",
    Processes: "1",
    Scoreboard: "___",
    ConnsTotal: "1",
  });
  expect([...rows.keys()].slice(0, 5)).toEqual([
    "ServerVersion",
    "ServerMPM",
    "Server Built",
    "CurrentTime",
    "RestartTime",
  ]);
  for (const key of ["CPULoad", "Uptime", "ReqPerSec", "BytesPerSec", "Load1"])
    expect(Number(rows.get(key))).not.toBeNaN();
});

test("?json is all there is to know", async () => {
  await using server = await start(busy, ["--server-status", "--threads=2"]);
  await server.text("/");
  const report: Report = parse(await server.text("/server-status?json"));
  expect(report.pid).toBe(server.pid);
  expect(report.frontEnds.map(({ pid }) => pid)).toEqual(server.processes().frontEnds);
  expect(report.workers.map(({ pid }) => pid)).toEqual(server.processes().workers);
  expect(report).toMatchObject({
    url: `http://localhost:${server.port}/`,
    capacity: { processes: 1, threads: 2 },
    workers: [{ state: "ready", loaded: true, answers: true, threads: [{ number: 1 }, { number: 2 }] }],
    recentEnds: [],
  });
});

test("others see nothing of it, neither do those whom a proxy on this machine speaks for", async () => {
  await using server = await start(busy, ["--server-status"]);
  for (const name of ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"]) {
    expect((await server.get("/server-status", { headers: { [name]: "for=192.0.2.1" } })).status).toBe(403);
  }
  await server.waitForLog(/the status page is for clients on this machine: answered 403/);
  // As with the original, what looks like it is nobody's.
  for (const path of ["/server-status/x", "/a/server-status", "/server-statuses"]) {
    expect((await server.get(path)).status).toBe(404);
  }
  expect((await server.get("/server-status", { method: "POST", body: "x" })).status).toBe(405);
});

test("with a trusted proxy it is the proxy's client who counts", async () => {
  await using server = await start(busy, ["--server-status", "--trust-proxy-header=X-Forwarded-For"]);
  const as = (address: string) => server.get("/server-status", { headers: { "X-Forwarded-For": address } });
  expect((await as("192.0.2.1")).status).toBe(403);
  expect((await as("127.0.0.1")).status).toBe(200);
});

test("scripts that guard the site guard the page, and not the probes; their worker is told of, but no place to run requests", async () => {
  using home = folder();
  const script = join(home.path, "gate.py");
  edit(script, 'def allow_access(environ, host): return environ.get("HTTP_X_KEY") == "good"');
  const options = ["--server-status", "--health-path=/up", "--metrics-path=/metrics", "--threads=2"];
  await using server = await start(busy, [...options, `--host-access-script=${script}`]);
  expect((await server.get("/server-status")).status).toBe(403);
  await readyAt(`${server.url}/up`);
  const headers = { "X-Key": "good" };
  const report = parse(await server.text("/server-status?json", { headers }));
  expect(report.workers.map(({ pool }) => pool).toSorted()).toEqual(["access", "application"]);
  expect(await server.text("/server-status?auto", { headers })).toContain("\nScoreboard: __\n");
  const metrics = await metricsOf(server);
  expect(Object.fromEntries(metrics)).toMatchObject({
    malt_queue_seconds_count: 0,
    malt_worker_requests_total: 0,
    'malt_workers{state="ready"}': 1,
    malt_worker_threads: 2,
  });
});

test("without --server-status the path is the application's", async () => {
  await using server = await start(busy);
  expect(await server.text("/server-status")).toBe("done");
});
