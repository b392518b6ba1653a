/** Requests that take long are told of while they run. */

import { expect } from "bun:test";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { busy } from "./inside.ts";

const SLOW = /mod_wsgi \(pid=(\d+)\): Request (\S+ \S+) has been running for ([\d.]+) s \(--slow-requests 1\)/g;

test("--slow-requests: such a request is logged once, while it runs, with what it is doing", async () => {
  await using server = await start(busy, ["--slow-requests=1", "--threads=2"]);
  let answered = false;
  const slow = server.text("/long?2.4").then(() => (answered = true));
  expect(await server.text("/short?0.1")).toBe("done");
  const [, pid] = await server.waitForLog(new RegExp(SLOW.source));
  expect(Number(pid)).toBe(server.processes().workers[0] ?? 0);
  await server.waitForLog(/executing file ".*busy\.py", line \d+, in dawdle/);
  await server.waitForLog(/called from file ".*busy\.py", line \d+, in application/);
  expect(answered).toBe(false);
  await slow;
  const told = [...server.log().matchAll(SLOW)].map(([, , what, seconds]) => [what, seconds]);
  expect(told).toEqual([["GET /long?2.4", expect.stringMatching(/^1\.[0-3]$/)]]);
  // Only what is the application's.
  expect(server.log()).not.toContain("threading.py");
});

test("without --slow-requests nothing is told of them", async () => {
  await using server = await start(busy);
  await server.text("/long?1.2");
  expect(server.log()).not.toContain("has been running");
});
