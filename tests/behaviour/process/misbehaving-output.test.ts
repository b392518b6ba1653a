/** Applications that flood the log, or close the descriptors that everything depends on. */

import { expect } from "bun:test";
import { pythons } from "../../harness/pythons.ts";
import { test } from "../../harness/test.ts";
import { misbehaving, replacedAndServes, serves, statusOf } from "./misbehaving.ts";

for (const [way, what] of [
  ["flood_text", /flood 29999 x{30}$/m],
  ["flood_line", /y{1000}$/m],
  ["flood_bytes", /ABCDEFGHIJKLMNOPQRSTUVWXYZ/],
  ["flood_descriptors", /ABCDEFGHIJKLMNOPQRSTUVWXYZ/],
] as const) {
  test(`${way}: megabytes of output in one request are logged, and it is answered`, async () => {
    await using server = await misbehaving();
    const { workers } = server.processes();
    expect(await server.text(`/${way}`)).toBe("flooded");
    await server.waitForLog(what);
    await serves(server);
    expect(server.processes().workers).toEqual(workers);
  });
}

test("close_standard: without descriptors 0 to 2 the worker serves on, and what it prints is still logged", async () => {
  await using server = await misbehaving();
  expect(await server.text("/close_standard")).toBe("closed");
  await serves(server);
  expect(await server.text("/failing_thread")).toBe("failed");
  await server.waitForLog(/ValueError: failed in a thread/);
});

for (const python of pythons) {
  test(`close_all: a worker that has lost its sockets is noticed and replaced, and nothing hangs, under Python ${python.version}`, async () => {
    await using server = await misbehaving([], { python });
    const { workers } = server.processes();
    expect(await statusOf(server, "/close_all")).not.toBe(200);
    await replacedAndServes(server, workers);
    await server.waitForLog(/The application has closed descriptors that are not its own/);
  });
}

test("close_control: a worker that has lost its supervisor is replaced", async () => {
  await using server = await misbehaving();
  const { workers } = server.processes();
  await statusOf(server, "/close_control");
  await replacedAndServes(server, workers);
});

test("use_up: a worker without a descriptor left answers requests all the same, and can be stopped", async () => {
  await using server = await misbehaving();
  expect(await server.text("/use_up")).toBe("used up");
  await serves(server);
  expect(await server.stop()).toBe(0);
});
