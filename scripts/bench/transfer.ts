/** Big bodies through a server, and what they do to the memory of its processes. */

import { download, stall, upload } from "./clients.ts";
import { withServer, type RunningServer } from "./launch.ts";
import { watchMemory, type MemoryCurve } from "./memory.ts";
import { probe } from "./probe.ts";
import { say } from "./progress.ts";
import type { Server } from "./servers.ts";
import { decimal, markdownTable } from "./table.ts";
import { transfer } from "./workloads.ts";

const gibibyte = 2 ** 30;
// Readers got 1 GiB from the peers in 0.9 to 2.3 s: what goes on for a client that stopped is done before this.
const stallMs = 5000;

interface Scenario {
  readonly title: string;
  readonly play: (port: number) => Promise<Error | null>;
}

const scenarios: readonly Scenario[] = [
  { title: "1 GiB up", play: (port) => upload(port, gibibyte) },
  { title: "1 GiB down", play: (port) => download(port, gibibyte) },
  { title: "1 GiB to a client that stops reading", play: stallWhileOthersAreServed },
];

export interface TransferOutcome {
  readonly server: Server;
  readonly title: string;
  readonly seconds: number;
  readonly curves: readonly MemoryCurve[];
}

/** Play every scenario with a fresh start of each of `servers`. An `Error` stands for a scenario that went wrong. */
export async function transferAll(
  site: string,
  servers: readonly Server[],
): Promise<readonly (TransferOutcome | Error)[]> {
  const outcomes: (TransferOutcome | Error)[] = [];
  for (const server of servers) {
    for (const scenario of scenarios) {
      const outcome = await withServer(site, server, transfer, (running) => watch(server, scenario, running));
      const told = outcome instanceof Error ? `FAILED\n    ${outcome.message}` : `${outcome.seconds.toFixed(1)} s`;
      say(`${server.name}, ${scenario.title}: ${told}`);
      outcomes.push(outcome);
    }
  }
  return outcomes;
}

/** A row for each process of each scenario, and one for their sum. */
export function transferTable(outcomes: readonly TransferOutcome[]): string {
  const rows = outcomes.flatMap(({ server, title, seconds, curves }) =>
    curves.map(({ name, pid, start, peak }, index) => [
      index === 0 ? server.name : "",
      index === 0 ? title : "",
      index === 0 ? decimal(seconds, 1) : "",
      `${name} (${pid})`,
      mebibytes(start.rssBytes),
      mebibytes(peak.rssBytes - start.rssBytes),
      mebibytes(start.pssBytes),
      start.pssBytes === null || peak.pssBytes === null ? "–" : mebibytes(peak.pssBytes - start.pssBytes),
    ]),
  );
  const head = ["server", "transfer", "s", "process", "RSS MiB", "RSS growth", "PSS MiB", "PSS growth"];
  return markdownTable(head, rows, [2, 4, 5, 6, 7]);
}

async function watch(
  server: Server,
  { title, play }: Scenario,
  running: RunningServer,
): Promise<TransferOutcome | Error> {
  const memory = watchMemory(running.pid);
  const startedAt = performance.now();
  const wrong = await play(running.port);
  const seconds = (performance.now() - startedAt) / 1000;
  const curves = memory.stop();
  return wrong === null ? { server, title, seconds, curves } : new Error(`${server.name}, ${title}: ${wrong.message}`);
}

async function stallWhileOthersAreServed(port: number): Promise<Error | null> {
  const stalled = stall(port, gibibyte, stallMs);
  await Bun.sleep(stallMs / 2);
  const [wrong, refused] = await Promise.all([stalled, probe(`http://127.0.0.1:${port}`, transfer)]);
  return wrong ?? refused;
}

function mebibytes(bytes: number | null): string {
  return bytes === null ? "–" : decimal(bytes / 2 ** 20, 1);
}
