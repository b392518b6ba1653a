/** Many clients at once: what a thousand slow ones cost an ordinary one, and what ten thousand idle ones cost the server. */

import { raiseDescriptorLimit } from "../../lib/os/limits.ts";
import { withServer, type RunningServer } from "./launch.ts";
import { watchMemory } from "./memory.ts";
import { cpuMicroseconds } from "./process-tree.ts";
import { say } from "./progress.ts";
import type { Server } from "./servers.ts";
import { crowdOf, idleClients, slowClients } from "./slow-clients.ts";
import { quantile } from "./statistics.ts";
import { decimal, markdownTable } from "./table.ts";
import { hello } from "./workloads.ts";

/** How many slow clients stand beside the ordinary one; few are enough for servers that give each a thread. */
const crowds = [0, 20, 1000] as const;
const slowAskedSeconds = 5;
const settleMs = 2000;
const unansweredMs = 5000;
const mostIdle = 10_000;
/** Descriptors of a front end that are no clients', twice: it keeps half of them for files of responses. */
const reserved = 200;
const restSeconds = 10;

interface Latency {
  readonly server: Server;
  readonly slow: number;
  readonly timesMs: readonly number[];
  /** The last request was given up. */
  readonly starved: boolean;
}

/** Runs all of it; the section for the page, and whether every server came through. */
export async function measureManyClients(
  site: string,
  servers: readonly Server[],
  ours: string,
): Promise<readonly [section: string, wentWell: boolean]> {
  const latencies: Latency[] = [];
  let wentWell = true;
  for (const server of servers) {
    for (const slow of crowds) {
      const outcome = await withServer(site, server, hello, (running) => askBeside(server, running, slow));
      if (outcome instanceof Error) say(outcome.message);
      else latencies.push(outcome);
      // A server that starves may be too busy with its clients to answer the last probe: that is a result.
      wentWell &&= !(outcome instanceof Error);
    }
  }
  const own = servers.find(({ name }) => name === ours);
  const rest = own === undefined ? "" : await measureIdle(site, own);
  if (rest instanceof Error) say(rest.message);
  const text = rest instanceof Error ? "" : rest;
  return [[latencyTable(latencies), text].join("\n\n"), wentWell && !(rest instanceof Error)];
}

/** One request after the other, each on a connection of its own, beside so many slow clients. */
async function askBeside(server: Server, { port }: RunningServer, slow: number): Promise<Latency> {
  const crowd = crowdOf(slow, () => slowClients(port, slow));
  await Bun.sleep(settleMs);
  const timesMs: number[] = [];
  let starved = false;
  const endAt = performance.now() + slowAskedSeconds * 1000;
  while (performance.now() < endAt && !starved) {
    const beganAt = performance.now();
    starved = !(await ask(port));
    timesMs.push(performance.now() - beganAt);
  }
  crowd.leave();
  // Who has starved gets the time to see that its clients are gone.
  if (starved) await Bun.sleep(settleMs);
  say(`${server.name} beside ${slow}: ${timesMs.length} requests${starved ? ", then none in time" : ""}`);
  return { server, slow, timesMs, starved };
}

async function ask(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(unansweredMs);
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal, headers: { Connection: "close" } });
    return (await response.text()).includes(hello.answer);
  } catch {
    return false;
  }
}

function latencyTable(latencies: readonly Latency[]): string {
  const rows = latencies.map(({ server, slow, timesMs, starved }) => [
    server.name,
    decimal(slow, 0),
    decimal(timesMs.length, 0),
    decimal(quantile(timesMs, 0.5), 2),
    decimal(quantile(timesMs, 0.99), 2),
    starved ? `**none within ${unansweredMs / 1000} s**` : decimal(Math.max(...timesMs), 1),
  ]);
  return markdownTable(["server", "slow clients", "requests", "p50 ms", "p99 ms", "slowest ms"], rows, [1, 2, 3, 4, 5]);
}

async function measureIdle(site: string, server: Server): Promise<string | Error> {
  const patient: Server = {
    ...server,
    command: (launch) => [...server.command(launch), "--keep-alive-timeout=600"],
  };
  // The server inherits the limit.
  const idleCount = Math.min(mostIdle, Math.floor(Number(raiseDescriptorLimit().soft) / 2) - reserved);
  return await withServer(site, patient, hello, async ({ pid, port }) => {
    await Bun.sleep(settleMs);
    const memory = watchMemory(pid);
    const clients = await idleClients(port, idleCount);
    await Bun.sleep(settleMs);
    const curves = memory.stop();
    const before = cpuMicroseconds(pid);
    await Bun.sleep(restSeconds * 1000);
    const cpuUs = (cpuMicroseconds(pid) - before) / restSeconds;
    const open = clients.open();
    clients.leave();
    if (open < idleCount) return new Error(`${server.name}: only ${open} of ${idleCount} idle connections stayed open`);
    const frontEnd = curves.find(({ name }) => name.endsWith("front-end"));
    const grownBytes = frontEnd === undefined ? 0 : frontEnd.peak.rssBytes - frontEnd.start.rssBytes;
    return (
      `${decimal(open, 0)} kept-alive connections, each after one request: the front end grew by ` +
      `${decimal(grownBytes / 2 ** 20, 1)} MiB (RSS, highest sample), ${decimal(grownBytes / 1024 / open, 1)} KiB a connection; ` +
      `all processes together then took ${decimal(cpuUs / 1000, 1)} ms of processor time per second.`
    );
  });
}
