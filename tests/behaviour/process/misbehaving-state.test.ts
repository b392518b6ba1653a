/** Applications that change what belongs to the whole process, want too much of it, or leave threads behind. */

import { expect } from "bun:test";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { isRoot } from "./inside.ts";
import { misbehaving, replacedAndServes, serves, statusOf } from "./misbehaving.ts";

for (const [way, answer] of [
  ["deleted_folder", "gone"],
  ["change_everything", "changed"],
  ["replace_streams", "replaced"],
  ["forget_modules", "forgotten"],
  ["handle_signals", "registered"],
  ["block_signals", "blocked"],
  ["stray_thread", "started"],
] as const) {
  test(`${way}: the worker serves on, fails a request properly, and stops when it is told to`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect(await server.text(`/${way}`)).toBe(answer);
    await serves(server);
    expect(await statusOf(server, "/memory")).toBe(500);
    await server.waitForLog(/MemoryError: no room for barley/);
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
    expect(await server.stop()).toBe(0);
    expect(server.log()).not.toMatch(/a bug in/);
  });
}

test("handle_signals: handlers are not registered, and the log says for which signals", async () => {
  await using server = await misbehaving();
  await server.text("/handle_signals");
  await server.waitForLog(/Callback registration for signal 15 ignored\./);
  const { workers } = server.processes();
  process.kill(workers[0] ?? 0, "SIGTERM");
  await replacedAndServes(server, workers);
  expect(server.log()).not.toMatch(/handled$/m);
});

test("alarm: a signal that nobody handles ends the worker, and the log names it", async () => {
  await using server = await misbehaving();
  const { workers } = server.processes();
  expect(await server.text("/alarm")).toBe("set");
  await server.waitForLog(/killed by signal 14 \(SIGALRM\)/);
  await replacedAndServes(server, workers);
});

for (const [way, words] of [
  ["failing_thread", /ValueError: failed in a thread/],
  ["leaving_thread", null],
] as const) {
  test(`${way}: what ends a thread of the application ends nothing else`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect((await server.get(`/${way}`)).status).toBe(200);
    if (words !== null) await server.waitForLog(words);
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
  });
}

for (const [way, words] of [
  ["recursion", /RecursionError: maximum recursion depth exceeded/],
  ["memory", /MemoryError: no room for barley/],
  ["too_much_memory", /MemoryError/],
] as const) {
  test(`${way}: a request that wants too much costs nobody else anything`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect(await statusOf(server, `/${way}`)).toBe(500);
    await server.waitForLog(words);
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
  });
}

test("huge_headers: as many as a client may take are sent, more are 500, and nobody else notices", async () => {
  await using server = await misbehaving();
  const { workers } = server.processes();
  const sent = await server.raw("GET /huge_headers?30 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(sent).toStartWith("HTTP/1.1 200 OK\r\n");
  expect(sent.length).toBeGreaterThan(900_000);
  // The last is more than a frame of the channel carries.
  for (const count of [40, 600]) {
    expect(await statusOf(server, `/huge_headers?${count}`)).toBe(500);
    await server.waitForLog(/ValueError: response headers are longer than 1048576 bytes in all/);
  }
  await serves(server);
  expect(server.processes().workers).toEqual(workers);
});

if (isRoot) {
  test("become_root: privileges that were given up can't be taken again", async () => {
    await using server = await misbehaving([], { user: "nobody" });
    const [failed, uid] = (await (await server.get("/become_root")).json()) as [string[], number];
    expect(failed).toEqual(["setgid", "setuid"]);
    expect(uid).not.toBe(0);
    await serves(server);
  });
} else {
  console.warn("NOT TESTED: becoming root, because the tests are not run by root");
}

test("workers that crash one after the other are all replaced", async () => {
  await using server = await misbehaving(["--processes=3"]);
  const { workers } = server.processes();
  for (let count = 0; count < 3; count += 1) await statusOf(server, "/vanish");
  await until("three workers again", () => server.processes().workers.length === 3);
  expect(server.processes().workers).not.toEqual(workers);
  await serves(server);
});
