/** Applications that end their process or multiply it: the server survives, says so in the log, and goes on serving. */

import { expect } from "bun:test";
import { pythons } from "../../harness/pythons.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { misbehaving, replacedAndServes, serves, statusOf } from "./misbehaving.ts";
import { processes } from "../../harness/processes.ts";

for (const [way, trace, how] of [
  ["segfault", /Segmentation fault/, /killed by signal 11 \(SIGSEGV\)/],
  ["abort", /Aborted/, /killed by signal 6 \(SIGABRT\)/],
  ["vanish", null, /exit code 3/],
] as const) {
  test(`${way}: the process ends, its request is 502, the log says how, and the next is served`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect(await statusOf(server, `/${way}`)).toBe(502);
    if (trace !== null) {
      await server.waitForLog(trace);
      await server.waitForLog(/misbehaving\.py", line \d+, in /);
    }
    await server.waitForLog(how);
    await replacedAndServes(server, workers);
  });
}

test("requests that run beside a crash are 502 at once, and those that come next are all served", async () => {
  await using server = await misbehaving(["--threads=5"]);
  const others = Array.from({ length: 3 }, () => statusOf(server, "/loop?30"));
  await serves(server);
  expect(await statusOf(server, "/vanish")).toBe(502);
  expect(await Promise.all(others)).toEqual([502, 502, 502]);
  await serves(server);
});

test("an application that crashes with every request is served again and again", async () => {
  await using server = await misbehaving();
  for (let count = 0; count < 4; count += 1) {
    await serves(server);
    expect(await statusOf(server, "/vanish")).toBe(502);
  }
  await serves(server);
});

for (const way of ["leave", "interrupt"] as const) {
  test(`${way}: an exception that would end a program is 500, and ends nothing`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect(await statusOf(server, `/${way}`)).toBe(500);
    await server.waitForLog(
      way === "leave" ? /SystemExit exception raised by WSGI script .* ignored/ : /KeyboardInterrupt/,
    );
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
  });
}

test("kill_parent: the supervisor is another user's, and out of reach; else it stops as if it had been asked to", async () => {
  await using server = await misbehaving();
  const answer = await server.get("/kill_parent").then(
    (response) => response.text(),
    () => "cut",
  );
  if (answer === "PermissionError") await serves(server);
  else expect(await server.exited).toBe(0);
});

test("stop_itself: a worker that is told to stop answers first, and is replaced", async () => {
  await using server = await misbehaving();
  const { workers } = server.processes();
  expect(await server.text("/stop_itself")).toBe("sent");
  await replacedAndServes(server, workers);
});

for (const python of pythons) {
  test(`fork_answering: a child that returns into the server ends there, and the parent's answer is the only one, under Python ${python.version}`, async () => {
    await using server = await misbehaving([], { python });
    const { workers } = server.processes();
    for (let count = 0; count < 3; count += 1) expect(await server.text("/fork_answering")).toBe("parent");
    await server.waitForLog(/a child of fork/);
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
  });
}

test("fork_exiting: a child that raises SystemExit ends, and the parent goes on", async () => {
  await using server = await misbehaving();
  expect(await server.text("/fork_exiting")).toBe("parent");
  await serves(server);
  await until(
    "the child to end",
    () => processes().filter(({ ppid }) => server.processes().workers.includes(ppid)).length === 0,
  );
});

test("fork_reaped: a child with an exit status of its own", async () => {
  await using server = await misbehaving();
  expect(await server.text("/fork_reaped")).toBe("child ended with 7");
  await serves(server);
});

test("fork_printing: what a child prints is in the log", async () => {
  await using server = await misbehaving();
  expect(await server.text("/fork_printing")).toBe("parent");
  await server.waitForLog(/the child speaks$/m);
  await serves(server);
});

test("fork_hanging: a child that hangs keeps no client waiting, no worker from being replaced and no server from stopping", async () => {
  await using server = await misbehaving();
  const child = Number(await server.text("/fork_hanging"));
  expect(child).toBeGreaterThan(1);
  await serves(server);
  const { workers } = server.processes();
  process.kill(workers[0] ?? 0, "SIGKILL");
  await replacedAndServes(server, workers);
  expect(await server.stop()).toBe(0);
  process.kill(child, "SIGKILL");
});

test("loop: pure Python that never sleeps holds one thread, and the others serve", async () => {
  await using server = await misbehaving();
  const looping = server.text("/loop?1.5");
  await serves(server);
  expect(await looping).toBe("looped");
});
