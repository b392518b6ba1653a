/** What the module mod_wsgi tells an application about its process and its requests, as numbers. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { here } from "./inside.ts";
import { edit, sourceSaying } from "./sources.ts";

const measuring = here("measuring.py");

async function measure(server: Server, path: string): Promise<Record<string, unknown>> {
  return (await (await server.get(path)).json()) as Record<string, unknown>;
}

test("the modules have their names, and can be imported with their submodules", async () => {
  await using server = await start(measuring, ["--processes=1", "--threads=3"]);
  expect(await measure(server, "/modules")).toEqual({
    mod_wsgi: {
      version: [4, 9, 4],
      process_group: expect.stringMatching(/^localhost:\d+$/),
      application_group: "",
      maximum_processes: 1,
      threads_per_process: 3,
    },
    apache: {
      version: [2, 4, expect.any(Number)],
      maximum_processes: 1,
      threads_per_process: 3,
      description: "Malt",
      mpm_name: "event",
    },
    outside: "no active request for thread",
    submodules: ["start_reloader", "start_reloader", "track_changes", "track_changes"],
  });
});

test("a package of the name mod_wsgi that is installed keeps its submodules, and gets what only a server has", async () => {
  using home = folder();
  const parts = [home.path, "mod_wsgi", "server"];
  mkdirSync(join(...parts), { recursive: true });
  writeFileSync(join(home.path, "mod_wsgi", "__init__.py"), "mine = 1\n");
  writeFileSync(join(...parts, "__init__.py"), "_files = []\ndef track_changes(path): _files.append(path)\n");
  const script = join(home.path, "app.wsgi");
  const data = join(home.path, "data");
  edit(data, "1");
  const before = `import mod_wsgi, mod_wsgi.server\nmod_wsgi.server.track_changes(${JSON.stringify(data)})`;
  edit(script, sourceSaying('"%s %s" % (mod_wsgi.mine, mod_wsgi.version)', before));
  await using server = await start(script, [`--python-path=${home.path}`, "--reload-on-changes"]);
  expect(await measure(server, "/")).toMatchObject({ text: "1 (4, 9, 4)" });
  await server.waitForLog(/Starting change monitor\./);
  edit(data, "2");
  await server.waitForLog(/Change detected to ".*\/data"\./);
});

test("process_metrics: what the process has done", async () => {
  await using server = await start(measuring, ["--threads=2"]);
  await measure(server, "/data?0.05");
  const metrics = await measure(server, "/process_metrics");
  expect(metrics).toMatchObject({ pid: server.processes().workers[0], request_count: 1, active_requests: 1 });
  expect(Number(metrics["request_busy_time"])).toBeGreaterThanOrEqual(0.05);
  expect(Number(metrics["memory_max_rss"])).toBeGreaterThanOrEqual(Number(metrics["memory_rss"]));
  expect(Number(metrics["memory_rss"])).toBeGreaterThan(1e6);
});

test("request_metrics: what the requests since its last call took", async () => {
  await using server = await start(measuring, ["--threads=2"]);
  await measure(server, "/data");
  expect(await measure(server, "/request_metrics")).toEqual({});
  await measure(server, "/data?0.011");
  await Promise.all([measure(server, "/data?0.05"), measure(server, "/data?0.05")]);
  // A request is counted when it is over, which is later than its response.
  const metrics = await until("three requests to be counted", async () => {
    const found = await measure(server, "/process_metrics");
    return found["request_count"] === 5 || Number(found["request_count"]) > 5
      ? measure(server, "/request_metrics")
      : null;
  });
  const count = Number(metrics["request_count"]);
  expect(count).toBeGreaterThanOrEqual(4);
  expect(metrics).toMatchObject({
    pid: server.processes().workers[0],
    request_threads_maximum: 2,
    request_threads_started: 2,
    request_throughput: expect.closeTo(count / Number(metrics["sample_period"]), 3),
  });
  for (const part of ["server_time", "queue_time", "daemon_time", "application_time"]) {
    const buckets = metrics[`${part}_buckets`] as number[];
    expect(buckets).toHaveLength(16);
    expect(buckets.reduce((sum, number) => sum + number, 0)).toBe(count);
    expect(Number(metrics[part])).toBeGreaterThanOrEqual(0);
  }
  // Up to 5, 10, 20, 40, 80 ms.
  const [, , twenty = 0, , eighty = 0] = metrics["application_time_buckets"] as number[];
  expect(twenty).toBeGreaterThanOrEqual(1);
  expect(eighty).toBeGreaterThanOrEqual(2);
  expect((metrics["request_threads_buckets"] as number[]).reduce((sum, number) => sum + number, 0)).toBe(count);
  const utilization = Number(metrics["capacity_utilization"]);
  expect(utilization).toBeGreaterThan(0);
  expect(utilization).toBeLessThanOrEqual(1);
  const period = Number(metrics["stop_time"]) - Number(metrics["start_time"]);
  expect(period).toBeCloseTo(Number(metrics["sample_period"]), 6);

  const next = await measure(server, "/request_metrics");
  expect(Number(next["request_count"])).toBeLessThanOrEqual(2);
});

test("request_metrics: an embedded application waits in no queue and for no daemon", async () => {
  await using server = await start(measuring, ["--embedded-mode"]);
  await measure(server, "/request_metrics");
  await measure(server, "/data");
  expect(await measure(server, "/request_metrics")).toMatchObject({ queue_time: null, daemon_time: null });
});

test("active_requests: the data of the requests that run, and each request's own", async () => {
  await using server = await start(measuring, ["--threads=1"]);
  const { requests, same } = (await measure(server, "/active")) as { requests: Record<string, unknown>; same: boolean };
  expect([Object.values(requests), same]).toEqual([[{ mine: 1 }], true]);
  expect(await measure(server, "/data")).toEqual({});
});

test("server_metrics: nothing, as the server was not asked to keep them", async () => {
  await using server = await start(measuring);
  expect(await measure(server, "/server_metrics")).toBeNull();
});

test("--server-metrics: the application learns what every thread of every worker does", async () => {
  await using server = await start(measuring, ["--server-metrics", "--processes=2", "--threads=2"]);
  const before = Date.now() / 1000;
  const asleep = server.get("/data?1.5");
  const metrics = await until("a thread to be busy besides the one that asks", async () => {
    const found = (await measure(server, "/server_metrics")) as unknown as ServerMetrics;
    const states = found.processes.flatMap(({ workers }) => workers.map(({ status }) => status));
    return states.filter((status) => status === "W").length === 2 ? found : null;
  });
  expect(metrics).toMatchObject({ server_limit: 2, thread_limit: 2, running_generation: 0, running_time: 0 });
  expect(metrics.current_time).toBeGreaterThanOrEqual(before);
  expect(metrics.restart_time).toBeLessThan(metrics.current_time);
  expect(metrics.processes.map(({ pid }) => pid).toSorted()).toEqual(server.processes().workers.toSorted());
  expect(metrics.processes).toMatchObject([0, 1].map((process_num) => ({ process_num, quiescing: false })));
  const slots = metrics.processes.flatMap(({ workers }) => workers);
  expect(slots.filter(({ status }) => status === "_")).toHaveLength(2);
  expect(slots.find(({ request }) => request === "GET /data?1.5")).toMatchObject({
    status: "W",
    client: "127.0.0.1",
    vhost: `127.0.0.1:${server.port}`,
    generation: 0,
  });
  await asleep;
});

test("--server-metrics: the bytes of the bodies of a thread's responses, whatever way they took", async () => {
  await using server = await start(measuring, ["--server-metrics", "--threads=1"]);
  const paths = ["/data", "/streamed", "/as_file", "/modules"];
  const bodies = await Promise.all(paths.map(async (path) => (await server.get(path)).bytes()));
  const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
  const metrics = (await measure(server, "/server_metrics")) as unknown as ServerMetrics;
  expect(metrics.processes[0]?.workers).toMatchObject([{ access_count: 4, bytes_served: bytes }]);
});

test("services can ask for the metrics of the server, too", async () => {
  using home = folder();
  const script = join(home.path, "service.py");
  writeFileSync(
    script,
    'import mod_wsgi\nprint("there are", len(mod_wsgi.server_metrics()["processes"]), "workers")\n',
  );
  await using server = await start(measuring, ["--server-metrics", "--processes=2", "--service-script", "ask", script]);
  await server.waitForLog(/there are 2 workers/);
});

interface ServerMetrics {
  readonly current_time: number;
  readonly restart_time: number;
  readonly processes: readonly {
    readonly pid: number;
    readonly process_num: number;
    readonly workers: readonly { readonly status: string; readonly request: string }[];
  }[];
}
