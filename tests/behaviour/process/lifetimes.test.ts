/** The limits of a worker's life: what sets each of them off, what the log says, and that clients lose nothing. */

import { expect } from "bun:test";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { askOn } from "./asking.ts";

const life = app("life.py");

/** Waits until `first` is gone, having told its application `reason`, and another answers; its pid. */
async function successorOf(server: Server, first: string, reason?: string): Promise<string> {
  const second = await until("another worker to answer", async () => {
    const pid = await server.text("/");
    return pid === first ? undefined : pid;
  });
  await until("the first one to go", () => !server.processes().workers.includes(Number(first)));
  if (reason !== undefined) await server.waitForLog(new RegExp(`stopping for ${reason}$`, "m"));
  return second;
}

test("--maximum-requests: a worker is replaced after exactly so many", async () => {
  await using server = await start(life, ["--maximum-requests=3", "--log-level=info"]);
  const first = await server.text("/");
  await server.text("/");
  expect(server.log()).not.toContain("Maximum requests reached");
  expect(await server.text("/")).toBe(first);
  await server.waitForLog(/Maximum requests reached, triggering immediate shutdown 'localhost:0'\./);
  await successorOf(server, first, "maximum_requests");
});

test("--maximum-requests: under load nobody notices, whatever the number of replacements", async () => {
  await using server = await start(life, ["--maximum-requests=40", "--processes=2"]);
  const load = await askOn(server, 6);
  const seen = new Set<number>();
  await until("six workers to have come and gone", () => {
    for (const pid of server.processes().workers) seen.add(pid);
    return seen.size > 6;
  });
  const answers = await load.stop();
  expect(answers.filter((answer) => !/^200 \d+$/.test(answer))).toEqual([]);
  expect(server.log()).not.toContain("answered 5");
});

test("--maximum-requests: with 1 and one thread, no process ever runs two", async () => {
  await using server = await start(life, ["--maximum-requests=1", "--threads=1"]);
  const pids: string[] = [];
  for (let count = 0; count < 5; count += 1) pids.push(await server.text("/"));
  expect(new Set(pids).size).toBe(5);
});

test("--restart-interval: a worker is replaced when it is so old, and under load nobody notices", async () => {
  await using server = await start(life, ["--restart-interval=1", "--log-level=info"]);
  const [first = 0] = server.processes().workers;
  const load = await askOn(server, 4);
  await server.waitForLog(/Application restart timer expired, (stopping process|waiting for requests to complete) '/);
  await until("the first one to go", () => !server.processes().workers.includes(first));
  await server.waitForLog(/stopping for restart_interval$/m);
  expect((await load.stop()).filter((answer) => !/^200 \d+$/.test(answer))).toEqual([]);
});

test("--cpu-time-limit: a worker that has worked for so long is replaced", async () => {
  await using server = await start(life, ["--cpu-time-limit=1", "--log-level=info"]);
  const first = await server.text("/");
  expect(await server.text("/work?s=1")).toBe(first);
  await server.waitForLog(
    /Exceeded CPU time limit, (triggering immediate shutdown|waiting for requests to complete) '/,
  );
  await successorOf(server, first, "cpu_time_limit");
});

/** A request that never ends is running in the only worker when that gets SIGUSR1. */
async function evictWhileBusy(option: string): Promise<void> {
  using place = folder();
  await using server = await start(life, [option, "--shutdown-timeout=1", "--log-level=info"]);
  const answer = server.get(`/wait?file=${join(place.path, "never")}`);
  await server.waitForLog(/waiting/);
  const [first = 0] = server.processes().workers;
  process.kill(first, "SIGUSR1");
  await server.waitForLog(/Process eviction requested, waiting for requests to complete 'localhost:0'\./);
  await server.waitForLog(/Daemon process graceful timer expired 'localhost:0'\./);
  await server.waitForLog(/Aborting process 'localhost:0'\./);
  expect((await answer).status).toBe(502);
  await successorOf(server, String(first), "graceful_signal");
  await server.waitForLog(/was lost: Process eviction requested: answered 502: GET \/wait/);
}

test("--graceful-timeout: a request that takes longer is cut after --shutdown-timeout, with 502", async () => {
  await evictWhileBusy("--graceful-timeout=1");
});

test("--eviction-timeout: is the time a worker has after SIGUSR1, whatever --graceful-timeout says", async () => {
  await evictWhileBusy("--eviction-timeout=1");
});

test("--deadlock-timeout: a worker that keeps the interpreter to itself is killed with its stack in the log; 504, and what it had not begun is done by another", async () => {
  await using server = await start(life, ["--deadlock-timeout=2"]);
  const first = await server.text("/");
  const stuck = server.get("/hold?s=60");
  await server.waitForLog(/holding/);
  const other = server.text("/");
  expect((await stuck).status).toBe(504);
  expect(await other).not.toBe(first);
  expect(server.log()).toMatch(/Daemon process deadlock timer expired, stopping process 'localhost:0': /);
  expect(server.log()).toContain("Dumping stack trace for active Python threads.");
  expect(server.log()).toMatch(/executing file ".*life\.py", line \d+, in hold/);
  await server.waitForLog(/deadlock timer expired, stopping process: answered 504: GET \/hold/);
  await successorOf(server, first);
});

test("--deadlock-timeout: a worker that is stopped by a signal is one as well, and its requests go to another", async () => {
  await using server = await start(life, ["--deadlock-timeout=2"]);
  const first = await server.text("/");
  process.kill(Number(first), "SIGSTOP");
  const answers = await Promise.all([server.text("/"), server.text("/")]);
  expect(answers).not.toContain(first);
});

test("--deadlock-timeout: a worker whose threads print without a pause is alive", async () => {
  await using server = await start(life, ["--deadlock-timeout=1", "--request-timeout=60"]);
  const first = await server.text("/");
  const floods = Array.from({ length: 4 }, () => server.text("/flood?s=4"));
  expect(await Promise.all(floods)).toEqual([first, first, first, first]);
  expect(server.log()).not.toContain("deadlock timer");
});

test("--inactivity-timeout: a worker that has had no request for so long is replaced", async () => {
  await using server = await start(life, ["--inactivity-timeout=1", "--log-level=info"]);
  const first = await server.text("/");
  await server.waitForLog(/Daemon process idle inactivity timer expired, stopping process 'localhost:0'\./);
  await successorOf(server, first, "inactivity_timeout");
});

test("--ignore-activity: requests below the path, by whole segments, keep no worker", async () => {
  await using server = await start(life, ["--inactivity-timeout=2", "--ignore-activity=/health", "--log-level=info"]);
  const ignored = async (path: string): Promise<string | null> => (await server.get(path)).headers.get("x-ignored");
  expect(await ignored("/")).toBe("0");
  expect(await ignored("/healthx")).toBe("0");
  expect(await ignored("/health/x?y")).toBe("1");
  await until("the worker to be replaced all the same", async () => {
    await server.text("/health");
    return server.log().includes("Daemon process idle inactivity timer expired");
  });
});

test("--request-timeout: a single request that runs longer is given up with 504 and its stack in the log, the others are not touched", async () => {
  using place = folder();
  await using server = await start(life, ["--request-timeout=1", "--shutdown-timeout=1", "--threads=5"]);
  const first = await server.text("/");
  const stuck = server.get(`/wait?file=${join(place.path, "never")}`);
  await server.waitForLog(
    /time limit exceeded, stopping process 'localhost:0': it runs GET \/wait\?file=\S+ \(\d\.\d s\)/,
  );
  await server.waitForLog(/executing file ".*life\.py", line \d+, in wait/);
  expect(await server.text("/")).toMatch(/^\d+$/);
  expect((await stuck).status).toBe(504);
  await server.waitForLog(/answered 504: GET \/wait/);
  await successorOf(server, first, "request_timeout");
});

test("--startup-timeout: an application that takes too long to load is loaded anew", async () => {
  using place = folder();
  const script = join(place.path, "app.wsgi");
  await Bun.write(script, "import time\ndef load():\n    time.sleep(600)\nload()\n");
  await using server = await start(script, ["--startup-timeout=1"], { until: "banner" });
  await server.waitForLog(/Application startup timer expired, stopping process 'localhost:0': it has been loading for/);
  await server.waitForLog(/executing file ".*app\.wsgi", line \d+, in load/);
  await Bun.write(script, await Bun.file(life).text());
  expect(await server.text("/")).toMatch(/^\d+$/);
});

test("--startup-timeout: an application that could not be loaded is loaded by another worker, without anybody asking for it", async () => {
  using place = folder();
  const script = join(place.path, "app.wsgi");
  await Bun.write(script, "no = such.name\n");
  await using server = await start(script, ["--startup-timeout=1", "--log-level=info"]);
  const [first = 0] = server.processes().workers;
  await server.waitForLog(/Application startup timer triggered 'localhost:0'\./);
  await server.waitForLog(/Application startup timer expired, stopping process 'localhost:0'\./);
  await until("the first one to go", () => !server.processes().workers.includes(first));
  expect((await server.get("/")).status).toBe(500);
});

for (const [args, ran] of [
  [[], true],
  [["--orphan-interpreter"], false],
] as const) {
  test(`--orphan-interpreter: exit functions ${ran ? "run without it" : "don't run with it"}`, async () => {
    await using server = await start(life, [...args, "--log-level=info"]);
    await server.stop();
    expect(server.log()).toContain("Exiting process 'localhost:0'.");
    expect(server.log().includes("an exit function ran")).toBe(ran);
  });
}

for (const [args, told] of [
  [[], false],
  [["--verbose-debugging"], true],
] as const) {
  test(`--verbose-debugging: the log ${told ? "tells the search path with it" : "doesn't without it"}`, async () => {
    await using server = await start(life, [...args, "--log-level=info"]);
    expect(server.log()).toContain("Loading Python script file '");
    expect(/Module search path \[/.test(server.log())).toBe(told);
  });
}

test("a worker that dies says in one record how, what it was doing and what it said last; 502 for what it had begun", async () => {
  await using server = await start(life);
  const first = await server.text("/");
  const { status } = await server.get("/die");
  expect(status).toBe(502);
  await server.waitForLog(
    /died unexpectedly: exit code 7; last on stderr: my last words; it lived for \d+\.\d s, and \d\.\d s before its end it had served \d requests?, used \d+ MiB of memory and was running .*; it is replaced now\./,
  );
  await server.waitForLog(/was lost: exit code 7; last on stderr: my last words: answered 502: GET \/die/);
  await successorOf(server, first);
});

test("what a killed worker had not begun is done by another", async () => {
  await using server = await start(life);
  const first = await server.text("/");
  process.kill(Number(first), "SIGSTOP");
  const answers = Promise.all([server.text("/"), server.text("/"), server.text("/")]);
  // On the same front end: once this one is refused, the three were sent.
  await server.raw("BAD\r\n\r\n");
  process.kill(Number(first), "SIGKILL");
  expect(new Set(await answers).has(first)).toBe(false);
  expect((await answers).every((answer) => /^\d+$/.test(answer))).toBe(true);
});
