/** What the signals to the server do, and that they cost no client anything. */

import { expect } from "bun:test";
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const GET = "GET / HTTP/1.1\r\nHost: malt\r\n\r\n";
const ANSWERED = /^HTTP\/1\.1 200 [^]*Hello, World!\n$/;
const RESUMED = /resuming normal operations/g;

function starts(server: Server): number {
  return server.log().match(RESUMED)?.length ?? 0;
}

/** Asks again and again, on new connections and on kept ones, until stopped; resolves with what was no 200. */
function press(server: Server, clients: number): { stop(): Promise<{ asked: number; wrong: string[] }> } {
  const pressure = new AbortController();
  let asked = 0;
  const wrong: string[] = [];
  const runs = Array.from({ length: clients }, async (_, number) => {
    while (!pressure.signal.aborted) {
      asked++;
      try {
        const answer = await server.get("/", { keepalive: number % 2 === 0 });
        if (answer.status !== 200 || (await answer.text()) !== "Hello, World!\n") wrong.push(`${answer.status}`);
      } catch (error) {
        wrong.push(String(error));
      }
    }
  });
  return {
    async stop() {
      pressure.abort();
      await Promise.all(runs);
      return { asked, wrong };
    },
  };
}

for (const signal of ["SIGHUP", "SIGUSR1"] as const) {
  for (const frontEnds of [1, 2]) {
    test(`${signal} replaces ${frontEnds} front ends and the workers, and no request fails`, async () => {
      await using server = await start(app("hello.py"), ["--processes=2", `--frontends=${frontEnds}`]);
      const before = server.processes();
      const pressure = press(server, 8);
      for (let restarts = 1; restarts <= 3; restarts++) {
        process.kill(server.pid, signal);
        await until("the restart", () => starts(server) === restarts + 1);
      }
      const { asked, wrong } = await pressure.stop();
      expect(wrong).toEqual([]);
      expect(asked).toBeGreaterThan(100);
      await until("the old front ends to end", () => server.processes().frontEnds.length === frontEnds);
      const after = server.processes();
      const remained = [...after.frontEnds, ...after.workers].filter((pid) =>
        [...before.frontEnds, ...before.workers].includes(pid),
      );
      expect(remained).toEqual([]);
    });
  }
}

test("SIGUSR1: a request under way is finished by those who began it, while others are served by their successors", async () => {
  using home = folder();
  const file = join(home.path, "go");
  await using server = await start(app("slow.py"), ["--shutdown-timeout=1"]);
  const { frontEnds } = server.processes();
  const slow = server.text(file);
  await server.waitForLog(/waiting/);
  process.kill(server.pid, "SIGUSR1");
  await until("the new front end", () => server.processes().frontEnds.length === 2);
  // Longer than --shutdown-timeout, which is for those who stop.
  const beganAt = performance.now();
  while (performance.now() - beganAt < 1500) expect(await server.text("/now", { keepalive: false })).toBe("done");
  writeFileSync(file, "");
  expect(await slow).toBe("done");
  await until("the old one to end", () => !server.processes().frontEnds.some((pid) => frontEnds.includes(pid)));
});

test("SIGUSR1: a kept connection gets one more answer, which says that it is the last", async () => {
  await using server = await start(app("hello.py"), ["--keep-alive-timeout=30"]);
  using client = await server.connect();
  client.send(GET);
  expect(await client.read(ANSWERED)).not.toContain("Connection: close");
  process.kill(server.pid, "SIGUSR1");
  await until("the restart", () => starts(server) === 2);
  client.send(GET);
  const all = await client.readToEnd();
  expect(all.slice(all.lastIndexOf("HTTP/1.1"))).toContain("Connection: close");
  expect(all).toMatch(/Hello, World!\n$/);
});

for (const signal of ["SIGHUP", "SIGUSR1"] as const) {
  test(`${signal} goes on in new log files when the old ones were moved away`, async () => {
    using home = folder();
    chmodSync(home.path, 0o777);
    const args = ["--access-log", `--log-directory=${home.path}`];
    await using server = await start(app("hello.py"), args, { without: ["--log-to-terminal"] });
    expect(await server.text("/before")).toBe("Hello, World!\n");
    const at = (name: string) => join(home.path, name);
    const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : "");
    await until("the first line", () => read("access_log").includes("/before"));
    for (const name of ["access_log", "error_log"]) renameSync(at(name), at(`${name}.1`));
    process.kill(server.pid, signal);
    await until("the new error log", () => read("error_log").includes("AH00489"));
    expect(await server.text("/after")).toBe("Hello, World!\n");
    await until("the new access log", () => read("access_log").includes("/after"));
    expect(read("access_log")).not.toContain("/before");
  });
}

test("SIGTERM during a restart: nothing is said to resume, and the workers that are being started stop as soon as they can", async () => {
  await using server = await start(app("hello.py"), ["--log-level=info"]);
  process.kill(server.pid, "SIGUSR1");
  await server.waitForLog(/Starting process [^]*Starting process/);
  expect(await server.stop()).toBe(0);
  const [, after] = server.log().split("caught SIGTERM");
  expect(after).not.toMatch(RESUMED);
  // The signal is for those that don't hear what they are told.
  expect(after).not.toContain("A signal has requested the end");
});

test("SIGWINCH, as a terminal sends it, does nothing", async () => {
  await using server = await start(app("hello.py"));
  const before = server.processes();
  process.kill(server.pid, "SIGWINCH");
  for (const pid of before.frontEnds) process.kill(pid, "SIGWINCH");
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect(server.processes()).toEqual(before);
});

test("SIGQUIT lets requests take as long as they need, refuses new clients, and then ends with 0", async () => {
  using home = folder();
  const file = join(home.path, "go");
  await using server = await start(app("slow.py"), ["--shutdown-timeout=1"]);
  const slow = server.text(file);
  await server.waitForLog(/waiting/);
  process.kill(server.pid, "SIGQUIT");
  await server.waitForLog(/AH00492: caught SIGQUIT, shutting down gracefully/);
  await until("new connections to be refused", () =>
    server.connect().then(
      (client) => (client[Symbol.dispose](), false),
      () => true,
    ),
  );
  const beganAt = performance.now();
  await until("more than --shutdown-timeout to pass", () => performance.now() - beganAt > 1500);
  writeFileSync(file, "");
  expect(await slow).toBe("done");
  expect(await server.exited).toBe(0);
});

test("SIGTERM ends a graceful stop within --shutdown-timeout", async () => {
  using home = folder();
  await using server = await start(app("slow.py"), ["--shutdown-timeout=1"]);
  const slow = server.get(join(home.path, "never")).then(
    ({ status }) => status,
    () => 0,
  );
  await server.waitForLog(/waiting/);
  process.kill(server.pid, "SIGQUIT");
  await server.waitForLog(/AH00492/);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
  expect(await slow).not.toBe(200);
});

function rested(times: number): (text: string) => boolean {
  return (text) => text.split("rested").length > times;
}

test("SIGTERM: requests that have arrived are answered, also on kept connections", async () => {
  await using server = await start(app("nap.py"), ["--threads=1", "--keep-alive-timeout=30"]);
  const clients = await Promise.all(Array.from({ length: 20 }, () => server.connect()));
  for (const client of clients) client.send(GET);
  await Promise.all(clients.map((client) => client.read(rested(1))));
  for (const client of clients) client.send(GET);
  process.kill(server.pid, "SIGTERM");
  const answers = await Promise.all(clients.map((client) => client.readToEnd()));
  expect(answers.filter((text) => !rested(2)(text))).toEqual([]);
  expect(await server.exited).toBe(0);
});

for (const [signal, then] of [
  ["SIGHUP", "restarts"],
  ["SIGUSR1", "restarts"],
  ["SIGTERM", "stops"],
] as const) {
  test(`${signal} as soon as there is a pid file: the server ${then}`, async () => {
    using home = folder();
    const pidFile = join(home.path, "pid");
    chmodSync(home.path, 0o777);
    const starting = start(app("hello.py"), [`--pid-file=${pidFile}`], { until: "banner" });
    await until("the pid file", () => existsSync(pidFile));
    const pid = Number(readFileSync(pidFile, "utf8"));
    process.kill(pid, signal);
    await using server = await starting;
    if (then === "stops") {
      expect(await server.exited).toBe(0);
    } else {
      await until("the restart", () => starts(server) === 2);
      expect(await server.text("/")).toBe("Hello, World!\n");
    }
  });
}

test("SIGUSR2 puts the program that is installed now in the place of the old one, and nobody notices but by waiting", async () => {
  using home = folder();
  const program = join(home.path, "malt");
  copyFileSync(malt, program);
  chmodSync(program, 0o755);
  await using server = await start(app("hello.py"), ["--frontends=2"], { program: [program] });
  const before = server.processes();
  // What replaces it is the same program, but another file; the old one can't be run any more.
  copyFileSync(malt, `${program}.new`);
  chmodSync(`${program}.new`, 0o755);
  renameSync(`${program}.new`, program);
  process.kill(server.pid, "SIGUSR2");
  await server.waitForLog(/caught SIGUSR2/);
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.text("/", { keepalive: false })));
  expect(answers).toEqual(answers.map(() => "Hello, World!\n"));
  await until("the second start", () => starts(server) === 2);
  const after = server.processes();
  expect([after.frontEnds.length, after.workers.length]).toEqual([2, 1]);
  expect(
    [...after.frontEnds, ...after.workers].filter((pid) => [...before.frontEnds, ...before.workers].includes(pid)),
  ).toEqual([]);
  expect(await server.stop()).toBe(0);
});

test("SIGTERM while SIGUSR2 waits for requests: they are finished, and then the server ends", async () => {
  using home = folder();
  const file = join(home.path, "go");
  await using server = await start(app("slow.py"));
  const slow = server.text(file);
  await server.waitForLog(/waiting/);
  process.kill(server.pid, "SIGUSR2");
  await server.waitForLog(/caught SIGUSR2/);
  process.kill(server.pid, "SIGTERM");
  writeFileSync(file, "");
  expect(await slow).toBe("done");
  expect(await server.exited).toBe(0);
  expect(starts(server)).toBe(1);
});

test("SIGUSR2 changes nothing when the program that is installed now doesn't work, and says so", async () => {
  using home = folder();
  const program = join(home.path, "malt");
  copyFileSync(malt, program);
  chmodSync(program, 0o755);
  await using server = await start(app("hello.py"), [], { program: [program] });
  const before = server.processes();
  rmSync(program);
  writeFileSync(program, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  process.kill(server.pid, "SIGUSR2");
  await server.waitForLog(/SIGUSR2: .*malt --version says no version; this program goes on/);
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect(server.processes()).toEqual(before);
  // Until it does, what dies is replaced by what is running.
  for (const pid of [...before.frontEnds, ...before.workers]) process.kill(pid, "SIGKILL");
  await until("others in their places", () => {
    const { frontEnds, workers } = server.processes();
    const after = [...frontEnds, ...workers];
    return after.length === 2 && ![...before.frontEnds, ...before.workers].some((pid) => after.includes(pid));
  });
  await server.ready();
  expect(await server.text("/")).toBe("Hello, World!\n");
});
