/** All servers, all workloads, round after round: interleaved, so that a busy spell of the machine hits everybody. */

import { measureAlone } from "./alone.ts";
import { withServer, type RunningServer } from "./launch.ts";
import { say } from "./progress.ts";
import { measure, type Run } from "./run.ts";
import type { Server } from "./servers.ts";
import type { Workload } from "./workloads.ts";

/** What became of one server under one workload. */
export interface Outcome {
  readonly server: Server;
  readonly workload: Workload;
  readonly runs: readonly Run[];
  /** Why there are fewer runs than rounds; null when there are not. */
  readonly failure: string | null;
}

/** Processor time per call of each workload's application without a server (µs), one entry a round. */
export type Floors = ReadonlyMap<Workload, readonly number[]>;

/** Measure `servers` over `rounds` rounds with runs of `seconds` each. A server that fails is not tried again. */
export async function measureAll(
  site: string,
  servers: readonly Server[],
  workloads: readonly Workload[],
  rounds: number,
  seconds: number,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly floors: Floors }> {
  const floors = new Map(workloads.map((workload) => [workload, [] as number[]]));
  const outcomes = workloads.flatMap((workload) =>
    servers.map((server) => ({ server, workload, runs: [] as Run[], failure: null as string | null })),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const outcome of outcomes) {
      if (outcome.failure !== null) continue;
      const { server, workload, runs } = outcome;
      const { application, transport, load } = workload;
      const measured = (running: RunningServer) => measure(running, load, application.target, seconds);
      const run = await withServer(site, server, application, measured, transport);
      const where = `round ${round}, ${application.name} by ${transport}, ${server.name}`;
      if (run instanceof Error) {
        outcome.failure = run.message;
        say(`${where}: FAILED\n    ${run.message}`);
      } else {
        runs.push(run);
        say(
          `${where}: ${run.requestsPerSecond.toFixed(0)} req/s, ${run.cpuUsPerRequest.toFixed(1)} µs CPU per request`,
        );
      }
    }
    for (const [workload, costs] of floors) {
      const cost = await measureAlone(site, workload.application, seconds);
      if (cost instanceof Error) say(cost.message);
      else costs.push(cost);
    }
  }
  return { outcomes, floors };
}
