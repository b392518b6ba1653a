/** The metrics for Prometheus: exact counts, read by a parser that is not ours. */

import { expect } from "bun:test";
import { app } from "../../harness/apps.ts";
import { run } from "../../harness/binary.ts";
import { load } from "../../harness/load.ts";
import { frameworkPythons } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { http2Client } from "../http2/client.ts";
import { adminOf, busy, metricsOf, readyAt, samplesIn } from "./inside.ts";

test("--metrics-path: counts every request once, by its status, with the bytes of its body", async () => {
  await using server = await start(busy, ["--metrics-path=/inner/metrics"]);
  for (let count = 0; count < 7; count++) await server.text("/");
  for (let count = 0; count < 3; count++) await server.text("/", { method: "POST", body: "12345" });
  expect((await server.get("/fail", { method: "DELETE" })).status).toBe(500);
  expect(await server.raw("BREW / HTTP/1.0\r\n\r\n")).toStartWith("HTTP/1.1 200 ");
  expect(await server.raw("BAD\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
  // A worker counts a request when it is over, which is later than its response.
  const metrics = await until("the workers to have counted", async () => {
    const found = await metricsOf(server, "/inner/metrics");
    return found.get("malt_worker_requests_total") === 12 ? found : null;
  });
  expect(Object.fromEntries(metrics)).toMatchObject({
    'malt_http_requests_total{method="GET"}': 7,
    'malt_http_requests_total{method="POST"}': 3,
    'malt_http_requests_total{method="DELETE"}': 1,
    'malt_http_requests_total{method="other"}': 1,
    'malt_http_responses_total{status="2xx"}': 11,
    'malt_http_responses_total{status="4xx"}': 1,
    'malt_http_responses_total{status="5xx"}': 1,
    malt_http_responses_cut_total: 0,
    malt_http_refused_total: 1,
    malt_http_request_duration_seconds_count: 12,
    'malt_http_request_duration_seconds_bucket{le="+Inf"}': 12,
    malt_http_received_bytes_total: 15,
    malt_queue_seconds_count: 12,
    malt_queue_length: 0,
    malt_requests_running: 0,
    'malt_workers{state="ready"}': 1,
    malt_worker_threads: 5,
    malt_worker_threads_busy: 0,
    malt_front_ends: 1,
  });
  // 7 times "done", 3 times what was sent, and two pages.
  expect(metrics.get("malt_http_sent_bytes_total")).toBeGreaterThan(7 * 4 + 3 * 5);
  expect(metrics.get('malt_resident_bytes{role="worker"}')).toBeGreaterThan(1e6);
  expect(metrics.get('malt_cpu_seconds_total{role="worker"}')).toBeGreaterThan(0);
});

test("metrics have durations and waits in the right range", async () => {
  await using server = await start(busy, ["--metrics-path=/metrics", "--threads=1"]);
  // The second waits for the first.
  await Promise.all([server.text("/?0.3"), server.text("/?0.3")]);
  const metrics = await metricsOf(server);
  const duration = (bound: string) => metrics.get(`malt_http_request_duration_seconds_bucket{le="${bound}"}`);
  expect([duration("0.25"), duration("60")]).toEqual([0, 2]);
  expect(metrics.get("malt_http_request_duration_seconds_sum")).toBeGreaterThan(0.85);
  expect(metrics.get('malt_queue_seconds_bucket{le="0.0005"}')).toBe(1);
  expect(metrics.get("malt_queue_seconds_sum")).toBeGreaterThan(0.2);
});

test("metrics tell of requests that run and wait now", async () => {
  await using server = await start(busy, ["--metrics-path=/metrics", "--threads=1"]);
  const asked = Promise.all([server.text("/?1"), server.text("/?0"), server.text("/?0")]);
  const metrics = await until("two requests to wait", async () => {
    const found = await metricsOf(server);
    return found.get("malt_queue_length") === 2 && found.get("malt_worker_threads_busy") === 1 ? found : null;
  });
  expect(Object.fromEntries(metrics)).toMatchObject({
    malt_requests_running: 1,
    'malt_connections{state="busy"}': 4,
  });
  await asked;
});

test("counts go on when front ends and workers are replaced", async () => {
  await using server = await start(busy, ["--metrics-path=/metrics"]);
  for (let count = 0; count < 5; count++) await server.text("/");
  const [before = 0] = server.processes().frontEnds;
  process.kill(server.pid, "SIGUSR1");
  await until("the old front end to be gone", () => !server.processes().frontEnds.includes(before));
  await until("the old worker to be gone", () => server.processes().workers.length === 1);
  await server.ready();
  for (let count = 0; count < 2; count++) await server.text("/");
  const metrics = await until("the workers to have counted", async () => {
    const found = await metricsOf(server);
    return found.get("malt_worker_requests_total") === 7 ? found : null;
  });
  expect(Object.fromEntries(metrics)).toMatchObject({
    'malt_http_responses_total{status="2xx"}': 7,
    'malt_worker_ends_total{reason="shutdown_signal"}': 1,
    malt_front_end_ends_total: 1,
  });
  const [worker = 0] = server.processes().workers;
  process.kill(worker, "SIGKILL");
  await until("its end to be counted", async () => {
    return (await metricsOf(server)).get('malt_worker_ends_total{reason="died"}') === 1;
  });
});

test("under load all counts agree with what the clients had", async () => {
  await using server = await start(app("hello.py"), ["--metrics-path=/metrics", "--frontends=2", "--processes=2"]);
  const clients = load(server.port, 8);
  await until("some hundred requests", () => clients.count > 500);
  const asked = await clients.stop();
  expect(asked.filter(({ outcome }) => outcome.kind !== "answered")).toEqual([]);
  const metrics = await until("the workers to have counted", async () => {
    const found = await metricsOf(server);
    return found.get("malt_worker_requests_total") === asked.length ? found : null;
  });
  expect(Object.fromEntries(metrics)).toMatchObject({
    'malt_http_responses_total{status="2xx"}': asked.length,
    malt_http_sent_bytes_total: asked.length * "Hello, World!\n".length,
    malt_http_request_duration_seconds_count: asked.length,
    malt_queue_seconds_count: asked.length,
  });
  // Whoever asks for this page is one more.
  expect(metrics.get("malt_connections_accepted_total")).toBeGreaterThanOrEqual(9);
});

test("several front ends are counted together", async () => {
  await using server = await start(app("hello.py"), ["--metrics-path=/metrics", "--frontends=3"]);
  for (let count = 0; count < 40; count++) await server.get("/", { headers: { Connection: "close" } });
  const metrics = await metricsOf(server);
  expect(metrics.get('malt_http_responses_total{status="2xx"}')).toBe(40);
  expect(metrics.get("malt_front_ends")).toBe(3);
});

test("--admin-port: metrics, health and status are there, for whoever can connect, and not on the site", async () => {
  await using server = await start(busy, ["--admin-port=0", "--metrics-path=/numbers"]);
  const admin = adminOf(server);
  expect(samplesIn(await (await fetch(`${admin}/numbers`)).text()).get("malt_front_ends")).toBe(1);
  expect(await (await readyAt(`${admin}/health`)).json()).toEqual({ status: "ready", workers: 1 });
  expect(await (await fetch(`${admin}/server-status?auto`)).text()).toContain("Scoreboard: _____\n");
  expect((await fetch(`${admin}/nothing`)).status).toBe(404);
  const home = await fetch(`${admin}/`);
  expect([home.status, home.url]).toEqual([200, `${admin}/server-status`]);
  // To the site these are paths like any other.
  for (const path of ["/numbers", "/health", "/server-status"]) expect(await server.text(path)).toBe("done");
  expect(server.output()).toContain(`Admin URL          : ${admin}/\n`);
});

test("--admin-host: the address of these pages, and no other", async () => {
  await using server = await start(busy, ["--admin-port=0", "--admin-host=127.0.0.2", "--frontends=2"]);
  const admin = adminOf(server);
  expect(admin).toStartWith("http://127.0.0.2:");
  for (let count = 0; count < 5; count++) {
    const answer = await fetch(`${admin}/metrics`, { headers: { Connection: "close" } });
    expect(samplesIn(await answer.text()).get("malt_front_ends")).toBe(2);
  }
  await expect(fetch(admin.replace("127.0.0.2", "127.0.0.1"))).rejects.toThrow();
});

test("--admin-host: an address that this machine doesn't have is told of by this name", async () => {
  await expect(start(busy, ["--admin-port=0", "--admin-host=192.0.2.1"])).rejects.toThrow(
    "--admin-host 192.0.2.1 is not an",
  );
});

test("the pages at --admin-port outlive a restart, and a second server can't have the port", async () => {
  await using server = await start(busy, ["--admin-port=0"]);
  const admin = adminOf(server);
  const [before = 0] = server.processes().frontEnds;
  process.kill(server.pid, "SIGHUP");
  await until("the old front end to be gone", () => !server.processes().frontEnds.includes(before));
  expect((await fetch(`${admin}/health?alive`)).status).toBe(200);
  await expect(start(busy, [`--admin-port=${new URL(admin).port}`])).rejects.toThrow("--admin-port chooses another");
});

test("requests by HTTP/2 are counted one by one, however few connections they come by", async () => {
  await using server = await start(busy, ["--metrics-path=/metrics", "--health-path=/health", "--http2"]);
  using client = await http2Client(server.url);
  const answers = await Promise.all(Array.from({ length: 12 }, () => client.ask("/", { method: "POST", body: "123" })));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
  expect((await client.ask("/health")).body.toString()).toContain('"ready"');
  const metrics = samplesIn((await client.ask("/metrics")).body.toString());
  expect(Object.fromEntries(metrics)).toMatchObject({
    'malt_http_responses_total{status="2xx"}': 12,
    malt_http_received_bytes_total: 36,
    malt_http_sent_bytes_total: 36,
    malt_connections_accepted_total: 1,
    'malt_connections{state="busy"}': 1,
  });
});

test("what Prometheus reads its own metrics with, reads these", async () => {
  const parser = frameworkPythons.at(-1)?.path ?? "python3";
  await using server = await start(busy, ["--metrics-path=/metrics"]);
  await server.text("/");
  const script =
    "import sys, json\nfrom prometheus_client.parser import text_string_to_metric_families as parse\n" +
    "print(json.dumps({family.name: [family.type, len(family.samples)] for family in parse(sys.argv[1])}))";
  const { out, err } = await run([parser, "-c", script, await server.text("/metrics")]);
  expect(err).toBe("");
  expect(JSON.parse(out)).toMatchObject({
    malt_http_requests: ["counter", 10],
    malt_http_responses: ["counter", 6],
    malt_http_request_duration_seconds: ["histogram", 19],
    malt_workers: ["gauge", 4],
    malt_cpu_seconds: ["counter", 3],
  });
});
