/** What a server costs that nobody asks anything. */

import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { app } from "../../harness/apps.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

/** How long wake-ups are counted, and how often at most. */
const SECONDS = 5;
const WINDOWS = 4;

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

type PerProcess = ReturnType<typeof ofAll>;

/** Wake-ups a second over the next seconds. */
async function wakeUps(server: Server): Promise<PerProcess> {
  const before = ofAll(server);
  const from = performance.now();
  await until("some seconds to pass", () => performance.now() - from > SECONDS * 1000);
  const after = ofAll(server);
  return {
    supervisor: (after.supervisor - before.supervisor) / SECONDS,
    frontEnd: (after.frontEnd - before.frontEnd) / SECONDS,
    worker: (after.worker - before.worker) / SECONDS,
  };
}

/** A look at all connections ten times a second, or at all workers, would be more than this. */
function isRest({ supervisor, frontEnd, worker }: PerProcess): boolean {
  return supervisor < 12 && frontEnd < 8 && worker < 4;
}

test("at rest nobody wakes up more than some times a second", async () => {
  await using server = await start(app("hello.py"));
  // Its last connection is gone by the time the measurement begins.
  expect(await server.text("/", { headers: { Connection: "close" } })).toBe("Hello, World!\n");
  const beganAt = performance.now();
  await until("the start to be over", () => performance.now() - beganAt > 6000);
  // The runtime tidies up at times of its own; what wakes up by our doing does so in every window.
  let perSecond = await wakeUps(server);
  for (let windows = 1; !isRest(perSecond) && windows < WINDOWS; windows++) perSecond = await wakeUps(server);
  expect(perSecond).toSatisfy(isRest);
  expect(memory(server.pid) + memory(server.processes().frontEnds[0] ?? 0)).toBeLessThan(60);
});
