/** Files of three sizes from Malt, nginx and Apache: requests per second, bytes per second, processor time. */

import { randomFillSync } from "node:crypto";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unprivileged } from "./account.ts";
import { fileServers, type FileServer } from "./file-servers.ts";
import { freePort } from "./free-port.ts";
import { cpuMicroseconds } from "./process-tree.ts";
import { say } from "./progress.ts";
import { startProcess, stopProcess, tailOf } from "./server-process.ts";
import { scratchOf } from "./site.ts";
import { median, ratio } from "./statistics.ts";
import { provideSystemPackages } from "./system-packages.ts";
import { decimal, markdownTable } from "./table.ts";
import { errorKinds } from "./load.ts";
import { connections, runWrk } from "./wrk.ts";

/** Few clients for the largest: what is measured then is bytes, and wrk gives up on a response after two seconds. */
const sizes = [
  { name: "1 KB", file: "small.bin", bytes: 1000, clients: connections },
  { name: "100 KB", file: "medium.bin", bytes: 100_000, clients: connections },
  { name: "100 MB", file: "large.bin", bytes: 100_000_000, clients: 2 },
] as const;

type Size = (typeof sizes)[number];

interface FileRun {
  readonly server: FileServer;
  readonly size: Size;
  readonly requestsPerSecond: number;
  readonly cpuUsPerRequest: number;
}

const warmSeconds = 3;
const startPatienceMs = 10_000;

/** Runs all of it; the section for the page, and whether every run went well. */
export async function measureFiles(
  site: string,
  rounds: number,
  seconds: number,
): Promise<readonly [section: string, wentWell: boolean]> {
  const files = makeFiles(site);
  const chosen = fileServers.filter(({ name, needs }) => {
    const missing = provideSystemPackages(needs);
    if (missing !== null) say(`NOT MEASURED: ${name}: ${missing.message}`);
    return missing === null;
  });
  const runs: FileRun[] = [];
  let wentWell = chosen.length === fileServers.length;
  for (let round = 1; round <= rounds; round++) {
    for (const server of chosen) {
      const outcome = await measure(server, files, scratchOf(site, `${server.name}-${round}`), seconds);
      if (outcome instanceof Error) say(outcome.message);
      else runs.push(...outcome);
      wentWell &&= !(outcome instanceof Error);
    }
  }
  const shapes = markdownTable(
    ["server", "runs as"],
    chosen.map(({ name, shape }) => [name, shape]),
    [],
  );
  return [[shapes, ...sizes.map((size) => tableOf(size, chosen, runs))].join("\n\n"), wentWell];
}

/** Of noise, so that nobody gains by compressing; old, so that they may be kept. */
function makeFiles(site: string): string {
  const files = join(site, "files");
  mkdirSync(files);
  for (const { file, bytes } of sizes) {
    const path = join(files, file);
    writeFileSync(path, randomFillSync(Buffer.alloc(bytes)));
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  }
  return files;
}

async function measure(
  server: FileServer,
  files: string,
  scratch: string,
  seconds: number,
): Promise<readonly FileRun[] | Error> {
  const port = freePort();
  const log = `${scratch}.log`;
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin`;
  const command = server.command({ port, files, scratch, user: unprivileged });
  const started = startProcess(command, scratch, { PATH: path }, log);
  try {
    if (!(await answers(port))) return new Error(`${server.name} did not start: ${tailOf(log, 5)}`);
    const runs: FileRun[] = [];
    for (const size of sizes) {
      const url = `http://127.0.0.1:${port}/${size.file}`;
      await runWrk(url, warmSeconds, size.clients);
      const before = cpuMicroseconds(started.pid);
      const report = await runWrk(url, seconds, size.clients);
      if (report instanceof Error) return report;
      const cpuUs = cpuMicroseconds(started.pid) - before;
      const failed = errorKinds.some((kind) => report.errors[kind] > 0);
      if (failed) return new Error(`${server.name}, ${size.name}: ${JSON.stringify(report.errors)}`);
      const requestsPerSecond = report.requests / (report.durationUs / 1_000_000);
      runs.push({ server, size, requestsPerSecond, cpuUsPerRequest: cpuUs / report.requests });
      say(`${server.name}, ${size.name}: ${decimal(requestsPerSecond, 1)} requests per second`);
    }
    return runs;
  } finally {
    await stopProcess(started);
  }
}

/** Resolves with whether the smallest file came whole in time. */
async function answers(port: number): Promise<boolean> {
  const deadline = Date.now() + startPatienceMs;
  while (Date.now() < deadline) {
    const response = await fetch(`http://127.0.0.1:${port}/${sizes[0].file}`).catch(() => null);
    if (response?.status === 200 && (await response.arrayBuffer()).byteLength === sizes[0].bytes) return true;
    await Bun.sleep(50);
  }
  return false;
}

function tableOf(size: Size, servers: readonly FileServer[], runs: readonly FileRun[]): string {
  const of = (server: FileServer, what: (run: FileRun) => number): number | null =>
    median(runs.filter((run) => run.server === server && run.size === size).map(what));
  const nginx = servers.find(({ name }) => name === "nginx");
  const reference = nginx === undefined ? null : of(nginx, (run) => run.requestsPerSecond);
  const cost = nginx === undefined ? null : of(nginx, (run) => run.cpuUsPerRequest);
  const rows = servers.map((server) => {
    const speed = of(server, (run) => run.requestsPerSecond);
    const cpuUs = of(server, (run) => run.cpuUsPerRequest);
    const factors = [ratio(speed, reference), ratio(cost, cpuUs)].map((each) =>
      each === null ? "–" : `× ${each.toFixed(2)}`,
    );
    const megabytes = speed === null ? null : (speed * size.bytes) / 1_000_000;
    return [
      server.name,
      decimal(speed, size.bytes > 1_000_000 ? 1 : 0),
      decimal(megabytes, 0),
      decimal(cpuUs, 1),
      ...factors,
    ];
  });
  const head = ["server", "req/s", "MB/s", "CPU µs/req", "of nginx's req/s", "of nginx's req per CPU"];
  return `### ${size.name}, ${size.clients} clients\n\n${markdownTable(head, rows, [1, 2, 3, 4, 5])}`;
}
