/** Processes killed under load: only requests in their hands may fail, each is explained, and nothing wears out. */

import { expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { load } from "../harness/load.ts";
import type { Server } from "../harness/server.ts";
import { test } from "../harness/test.ts";
import { until } from "../harness/until.ts";
import { counted, failures, repeated } from "./counted.ts";

const CLIENTS = 64;
const CHAOS_MS = 30_000;
const WORKER_EVERY_MS = 300;
const FRONT_END_EVERY_MS = 2000;

/** On a slow machine workers are killed before they are ready, again and again: the next try is up to 30 s away then. */
const LONGEST_ABSENCE_MS = 45_000;

/** What must not grow: descriptors, and memory in pages of its own (KiB), of the supervisor. */
function holdings({ pid }: Server): { descriptors: number; privateKib: number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  const privateKib = ["Private_Clean", "Private_Dirty"]
    .map((name) => Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(rollup)?.[1]))
    .reduce((sum, kib) => sum + kib);
  return { descriptors: readdirSync(`/proc/${pid}/fd`).length, privateKib };
}

test("workers and front ends killed for 30 s under load: failures are few, explained, and leave nothing behind", async () => {
  await using site = await counted(["--processes=3", "--log-level=info"]);
  const { server } = site;
  const clients = load(server.port, CLIENTS);
  await until("some load", () => clients.count > 10 * CLIENTS);
  const before = holdings(server);
  const killed = { workers: 0, frontEnds: 0 };

  const end = Date.now() + CHAOS_MS;
  let frontEndDue = Date.now() + FRONT_END_EVERY_MS;
  while (Date.now() < end) {
    const { workers, frontEnds } = server.processes();
    const dueFrontEnd = Date.now() >= frontEndDue;
    if (dueFrontEnd) frontEndDue += FRONT_END_EVERY_MS;
    const victims = [...workers.slice(0, 1), ...(dueFrontEnd ? frontEnds.slice(0, 1) : [])];
    for (const pid of victims) process.kill(pid, "SIGKILL");
    killed.workers += Math.min(1, workers.length);
    if (dueFrontEnd) killed.frontEnds += Math.min(1, frontEnds.length);
    // The rhythm is the test; nothing is waited for.
    await Bun.sleep(WORKER_EVERY_MS);
  }

  await until(
    "everybody to be back",
    () => {
      const { workers, frontEnds } = server.processes();
      return workers.length === 3 && frontEnds.length === 1;
    },
    LONGEST_ABSENCE_MS,
  );
  await server.ready();
  const settled = clients.count;
  await until("load as before", () => clients.count > settled + 10 * CLIENTS);
  const asked = await clients.stop();
  const lost = failures(asked);
  const log = server.log();

  // A worker takes along at most what its threads ran, a front end at most one request of each client.
  const threads = 5;
  expect(lost.length).toBeLessThanOrEqual(killed.workers * threads + killed.frontEnds * CLIENTS);
  for (const { target, outcome } of lost) {
    // Answered with an error: the log names the request. Cut: it was the front end, whose end the log has.
    if (outcome.kind === "answered") {
      expect([outcome.status, target]).toEqual([502, target]);
      expect(log).toMatch(new RegExp(`worker.*${target}\\b`));
    } else {
      expect(killed.frontEnds).toBeGreaterThan(0);
    }
  }
  expect(log.match(/front end \(pid \d+\) died unexpectedly: killed by signal 9/g)).toHaveLength(killed.frontEnds);
  expect(log.match(/Process '[^']+' died unexpectedly: killed by signal 9/g)?.length).toBe(killed.workers);
  expect(repeated(site.executed())).toEqual([]);
  expect(asked.length - lost.length).toBeGreaterThan(CLIENTS * 100);

  const after = holdings(server);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
  expect(after.privateKib - before.privateKib).toBeLessThan(16 * 1024);
}, 120_000);
