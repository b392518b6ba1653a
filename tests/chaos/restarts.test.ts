/** Restarts and stops under load: what was accepted is answered. */

import { expect } from "bun:test";
import { load } from "../harness/load.ts";
import { test } from "../harness/test.ts";
import { until } from "../harness/until.ts";
import { counted, failures, repeated } from "./counted.ts";

const CLIENTS = 64;
const RESTARTS = 20;

for (const signal of ["SIGUSR1", "SIGHUP"] as const) {
  test(`${signal}: ${RESTARTS} restarts in a row under load fail no request and run none twice`, async () => {
    await using site = await counted(["--processes=2"]);
    const { server } = site;
    const clients = load(server.port, CLIENTS);
    for (let round = 1; round <= RESTARTS; round++) {
      const before = server.processes();
      process.kill(server.pid, signal);
      await until(`restart ${round} to be over`, () => {
        const { workers, frontEnds } = server.processes();
        const old = new Set([...before.workers, ...before.frontEnds]);
        return (
          workers.length === 2 && frontEnds.length === 1 && ![...workers, ...frontEnds].some((pid) => old.has(pid))
        );
      });
      const seen = clients.count;
      await until("requests between two restarts", () => clients.count > seen + CLIENTS);
    }
    const asked = await clients.stop();
    expect(failures(asked).slice(0, 5)).toEqual([]);
    expect(asked.length).toBeGreaterThan(RESTARTS * CLIENTS);
    expect(repeated(site.executed())).toEqual([]);
  });
}

test("SIGTERM under load: every request that was accepted is answered", async () => {
  await using site = await counted(["--processes=2"]);
  const { server } = site;
  const clients = load(server.port, CLIENTS);
  await until("some load", () => clients.count > 10 * CLIENTS);
  expect(await server.stop("SIGTERM")).toBe(0);
  const asked = await clients.stop();
  // Without a server no connection is made; each that was made got its answer.
  expect(failures(asked).filter(({ outcome }) => outcome.kind !== "refused")).toEqual([]);
  expect(repeated(site.executed())).toEqual([]);
});
