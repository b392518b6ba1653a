/** What a server costs that nobody asks anything. */

import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

/** How often the threads of a process gave up the processor to wait for something; with `main` only its first thread. */
function waits(pid: number, main: boolean): number {
  return readdirSync(`/proc/${pid}/task`)
    .filter((tid) => !main || tid === `${pid}`)
    .reduce((sum, tid) => {
      const status = readFileSync(`/proc/${pid}/task/${tid}/status`, "latin1");
      return sum + Number(/^voluntary_ctxt_switches:\s*(\d+)/m.exec(status)?.[1]);
    }, 0);
}

/** Proportional share of the memory it has mapped, in MiB. */
function memory(pid: number): number {
  return Number(/^Pss:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1]) / 1024;
}

function ofAll(server: Server): { supervisor: number; frontEnd: number; worker: number } {
  const { frontEnds, workers } = server.processes();
  return {
    supervisor: waits(server.pid, true),
    frontEnd: waits(frontEnds[0] ?? 0, true),
    worker: waits(workers[0] ?? 0, false),
  };
}

test("at rest nobody wakes up more than some times a second", async () => {
  await using server = await start(app("hello.py"));
  // Its last connection is gone by the time the measurement begins.
  expect(await server.text("/", { headers: { Connection: "close" } })).toBe("Hello, World!\n");
  const beganAt = performance.now();
  await until("the start to be over", () => performance.now() - beganAt > 6000);
  const before = ofAll(server);
  const seconds = 5;
  const from = performance.now();
  await until("some seconds to pass", () => performance.now() - from > seconds * 1000);
  const after = ofAll(server);
  const perSecond = {
    supervisor: (after.supervisor - before.supervisor) / seconds,
    frontEnd: (after.frontEnd - before.frontEnd) / seconds,
    worker: (after.worker - before.worker) / seconds,
  };
  // The runtime's own timers are some of it; a look at all connections ten times a second would be more than this.
  expect(perSecond.supervisor).toBeLessThan(12);
  expect(perSecond.frontEnd).toBeLessThan(8);
  expect(perSecond.worker).toBeLessThan(4);
  expect(memory(server.pid) + memory(server.processes().frontEnds[0] ?? 0)).toBeLessThan(60);
});
