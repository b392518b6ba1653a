/** What people and programs are shown of a report, whatever is in it. */

import { describe, expect, test } from "bun:test";
import { stacksText, statusText } from "../../lib/cli/status-text.ts";
import { topScreen } from "../../lib/cli/top-screen.ts";
import { autoText } from "../../lib/handlers/monitoring/auto.ts";
import { healthOf } from "../../lib/handlers/monitoring/health.ts";
import { prometheusText } from "../../lib/handlers/monitoring/prometheus.ts";
import { statusPage } from "../../lib/handlers/monitoring/status-page.ts";
import { serverMetrics, slotsOf } from "../../lib/metrics/scoreboard.ts";
import { Traffic } from "../../lib/metrics/traffic.ts";
import { frontEndOf, reportOf, threadOf, workerOf } from "./report.ts";

const NASTY = `GET /<script>"'&\x9b31m\x1b]0;x\x07`;

const nasty = reportOf({
  url: `http://${NASTY}/`,
  workers: [
    workerOf({
      why: NASTY,
      python: NASTY,
      threads: [threadOf(1, NASTY), threadOf(2)],
      stacks: [{ thread: null, name: NASTY, frames: [NASTY] }],
    }),
  ],
  services: [{ name: NASTY, pid: 1, uptimeMs: 1 }],
  workerEnds: { [NASTY]: 1 },
  recentEnds: [{ at: 0, pid: 1, reason: NASTY, why: NASTY, livedMs: 1, served: 1 }],
});

test("nothing that a client or an application says is markup in the page", () => {
  const page = statusPage(nasty);
  expect(page).toContain("&lt;script&gt;");
  expect(page).not.toContain("<script>");
  // Inside attributes either.
  expect(page.match(/"'&/g)).toBeNull();
});

test("or a command to the terminal", () => {
  const screen = topScreen(nasty, nasty, { columns: 200, rows: 50 });
  for (const text of [statusText(nasty), stacksText(nasty), screen.join("\n")]) {
    expect(text).toContain("/<script>");
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  }
});

test("or a line of its own in the metrics", () => {
  expect(prometheusText(reportOf({ workerEnds: { 'a"b\\c\nd': 2 } }))).toContain(
    'malt_worker_ends_total{reason="a\\"b\\\\c\\nd"} 2\n',
  );
});

test("the screen of top fits into the terminal", () => {
  const workers = Array.from({ length: 30 }, (_, id) => workerOf({ id, pid: 1000 + id }));
  const report = reportOf({ workers, url: `http://${"x".repeat(300)}/` });
  for (const [columns, rows] of [
    [80, 24],
    [20, 5],
    [1, 1],
  ] as const) {
    const lines = topScreen(report, report, { columns, rows });
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
});

test("top shows what happened between two reports", () => {
  const traffic = new Traffic();
  traffic.answered("GET", 200, 3, 0, 0, true);
  const before = reportOf({ traffic: traffic.counts(), workers: [workerOf({ served: 1, cpuMs: 100 })] });
  for (let count = 0; count < 19; count++) traffic.answered("GET", 200, 0.3, 0, 1024, true);
  traffic.answered("GET", 500, 3, 0, 0, true);
  const later = reportOf({
    now: before.now + 2000,
    traffic: traffic.counts(),
    workers: [workerOf({ served: 21, cpuMs: 1100, threads: [threadOf(1, "GET /a"), threadOf(2)] })],
    frontEnds: [frontEndOf({ counts: null })],
  });
  const text = topScreen(before, later, { columns: 200, rows: 50 }).join("\n");
  expect(text).toMatch(/^Requests +10\.0\/s, 0\.5\/s of them 5xx, 21 so far; half within 0\.\d ms/m);
  expect(text).toContain("out 9.5 KiB/s");
  expect(text).toMatch(/^102 +ready +1\.0 s +21 +10\.0 +50 +2\.0 KiB +W_$/m);
  expect(text).toMatch(/^101 +ready +1\.0 s +0 +1\.0 KiB +front end, does not answer$/m);
  expect(text).toMatch(/^1\.5 s +102\/1 +192\.0\.2\.1 +GET \/a$/m);
});

/** A front end that has answered requests. */
const frontEnd = (requests: number, cpuMs: number) => {
  const traffic = new Traffic();
  for (let count = 0; count < requests; count++) traffic.answered("GET", 200, 1, 0, 0, true);
  const counts = { connections: 1, busy: 0, running: 0, waiting: 0, oldestWaitMs: 0, traffic: traffic.counts() };
  return frontEndOf({ cpuMs, counts });
};

test("top shows the load of each front end", () => {
  const before = reportOf({ frontEnds: [frontEnd(10, 100)] });
  const later = reportOf({ now: before.now + 2000, frontEnds: [frontEnd(30, 1100), { ...frontEnd(4, 20), pid: 105 }] });
  const text = topScreen(before, later, { columns: 200, rows: 50 }).join("\n");
  expect(text).toMatch(/^101 +ready +1\.0 s +30 +10\.0 +50 +1\.0 KiB +front end, 1 connection$/m);
  expect(text).toMatch(/^105 +ready +1\.0 s +4 +2\.0 +1 +1\.0 KiB +front end, 1 connection$/m);
});

test("top tells of a worker that could not load the application", () => {
  const text = topScreen(reportOf(), reportOf({ workers: [workerOf({ loaded: false })] }), { columns: 200, rows: 50 });
  expect(text.join("\n")).toContain(" __ could not load the application");
});

test("a server that was replaced meanwhile shows no negative rates", () => {
  const traffic = new Traffic();
  for (let count = 0; count < 9; count++) traffic.answered("GET", 200, 1, 5, 5, true);
  const before = reportOf({ traffic: traffic.counts(), workers: [workerOf({ served: 9 })] });
  const text = topScreen(before, reportOf({ now: before.now + 1000 }), { columns: 200, rows: 50 }).join("\n");
  expect(text).not.toMatch(/-\d|NaN|Infinity/);
});

test("every page can be made of a server that has nothing yet", () => {
  const bare = reportOf({ frontEnds: [], workers: [], capacity: { processes: 0, threads: 5, maxClients: 1 } });
  for (const text of [statusPage(bare), autoText(bare), prometheusText(bare), statusText(bare), stacksText(bare)]) {
    expect(text).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
  }
});

describe("slots", () => {
  test.each([
    ["starting", "SS"],
    ["ready", "W_"],
    ["draining", "GG"],
    ["stopping", "GG"],
  ] as const)("of a worker that is %s are %s", (state, states) => {
    const worker = workerOf({ state, threads: [threadOf(1, "GET /")] });
    expect(
      slotsOf(worker)
        .map((slot) => slot.state)
        .join(""),
    ).toBe(states);
  });
  test("are what server_metrics tells", () => {
    const metrics = serverMetrics(reportOf({ workers: [workerOf({ state: "draining" })] }));
    expect(metrics).toMatchObject({
      running_time: 3600,
      processes: [{ process_num: 0, pid: 102, quiescing: true, workers: [{ thread_num: 0 }, { thread_num: 1 }] }],
    });
  });
});

test.each([
  [{ stopping: false, application: true, workers: 2, loaded: 2 }, false, 200],
  [{ stopping: false, application: true, workers: 2, loaded: 1 }, false, 200],
  [{ stopping: false, application: true, workers: 2, loaded: 0 }, false, 503],
  [{ stopping: false, application: true, workers: 0, loaded: 0 }, false, 503],
  [{ stopping: true, application: true, workers: 2, loaded: 2 }, false, 503],
  [{ stopping: false, application: false, workers: 0, loaded: 0 }, false, 200],
  [{ stopping: true, application: true, workers: 0, loaded: 0 }, true, 200],
])("health of %j, alive asked %p: %d", (wellness, alive, status) => {
  expect(healthOf(wellness, alive).status).toBe(status);
});
