import { expect, test } from "bun:test";
import type { Outcome } from "../../scripts/bench/rounds.ts";
import type { Run } from "../../scripts/bench/run.ts";
import type { Server } from "../../scripts/bench/servers.ts";
import { floorLine, summarise, workloadTable } from "../../scripts/bench/table.ts";
import { workloads } from "../../scripts/bench/workloads.ts";

const noErrors = { connect: 0, read: 0, write: 0, timeout: 0, status: 0 };

test("a row has the medians of its runs, and how Malt compares", () => {
  const malt = outcome("malt", [run(30_000, 20), run(40_000, 10), run(20_000, 30)]);
  const peer = outcome("peer", [run(15_000, 50)]);
  const lines = workloadTable([malt, peer], "malt").split("\n");
  expect(lines[2]).toBe("| malt | 30,000 | 1.00 | 2.00 | 20.0 | none | – | – |");
  expect(lines[3]).toBe("| peer | 15,000 | 1.00 | 2.00 | 50.0 | none | × 2.00 | × 2.50 |");
});

test("without Malt there is nothing to compare, and the rest stays", () => {
  const lines = workloadTable([outcome("peer", [run(15_000, 50)])], "malt").split("\n");
  expect(lines[2]).toBe("| peer | 15,000 | 1.00 | 2.00 | 50.0 | none | – | – |");
});

test("a server that never ran has a row that says so, and no numbers", () => {
  const lines = workloadTable([outcome("malt", [run(1, 1)]), outcome("peer", [], "no")], "malt").split("\n");
  expect(lines[3]).toBe("| peer | – | – | – | – | **failed after 0 runs** | – | – |");
});

test("errors are added up over the runs, and how many runs had any is told", () => {
  const bad = { ...run(1, 1), errors: { ...noErrors, read: 1200, status: 3 } };
  const worse = { ...run(1, 1), errors: { ...noErrors, status: 4 } };
  expect(summarise([bad, run(1, 1), worse]).errors).toBe("**1,200 read, 7 not 2xx** in 2 of 3 runs");
});

test("what the application costs alone is the median of the rounds", () => {
  expect(floorLine([650, 612.34, 600])).toContain(": 612.3 CPU µs per call");
  expect(floorLine([])).toContain(": – CPU µs per call");
});

function run(requestsPerSecond: number, cpuUsPerRequest: number): Run {
  return { requestsPerSecond, cpuUsPerRequest, p50Ms: 1, p99Ms: 2, errors: noErrors };
}

function outcome(name: string, runs: readonly Run[], failure: string | null = null): Outcome {
  const server: Server = { name, release: null, needs: [], shape: "", command: () => [] };
  const [workload] = workloads;
  if (workload === undefined) throw new Error("there are no workloads");
  return { server, workload, runs, failure };
}
