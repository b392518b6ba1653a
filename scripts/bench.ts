/**
 * Malt against its peers on this machine: requests per second, latency and CPU time per request; or, with
 * --transfer, what big bodies do to memory, with --clients, what many clients do to one, with --tls what TLS and HTTP/2 cost,
 * and with --static, files against nginx and Apache. Installs the peers into .venvs/bench. docs/benchmarks.md says more.
 */

import { existsSync } from "node:fs";
import { readCommandLine, usage, type CommandLine } from "./bench/command-line.ts";
import { writeSection } from "./bench/document.ts";
import { currentLoad, machineFacts, serverTable } from "./bench/machine.ts";
import { djangoRelease, provideRelease } from "./bench/packages.ts";
import { say } from "./bench/progress.ts";
import { provideVirtualEnvironment } from "./bench/python.ts";
import { measureManyClients } from "./bench/many-clients.ts";
import { measureFiles } from "./bench/static-files.ts";
import { measureAll } from "./bench/rounds.ts";
import { killAll } from "./bench/server-process.ts";
import { malt, maltBinary, secureServers, servers as plainServers, type Server } from "./bench/servers.ts";
import { makeSite, removeSite } from "./bench/site.ts";
import { provideSystemPackages } from "./bench/system-packages.ts";
import { floorLine, workloadTable } from "./bench/table.ts";
import { transferAll, transferTable, type TransferOutcome } from "./bench/transfer.ts";
import { secureWorkloads, workloads as plainWorkloads } from "./bench/workloads.ts";
import { connections, killWrk, loadThreads } from "./bench/wrk.ts";

const wrk = { path: "wrk", debian: "wrk" };
const h2load = { path: "h2load", debian: "nghttp2-client" };

/** Install and select what `line` names. Servers that can't be had are named with the reason; an `Error` is for all. */
function prepare(line: CommandLine): readonly Server[] | Error {
  const servers = line.tls ? secureServers : plainServers;
  const unknown = line.only?.filter((name) => servers.every((server) => server.name !== name)) ?? [];
  const names = servers.map((server) => server.name).join(", ");
  if (unknown.length > 0) return new Error(`--only: no server is called ${unknown.join(", ")}; there are ${names}`);
  const impossible =
    provideSystemPackages(line.tls ? [wrk, h2load] : [wrk]) ??
    provideVirtualEnvironment() ??
    provideRelease(djangoRelease);
  if (impossible !== null) return impossible;
  const wanted =
    line.only ?? (line.transfer || line.clients || line.static ? [malt.name] : servers.map((server) => server.name));
  return servers.filter((server) => {
    if (!wanted.includes(server.name)) return false;
    const missing = provide(server);
    if (missing !== null) say(`NOT MEASURED: ${server.name}: ${missing.message}`);
    return missing === null;
  });
}

function provide(server: Server): Error | null {
  if (server.release !== null) return provideSystemPackages(server.needs) ?? provideRelease(server.release);
  return existsSync(maltBinary) ? null : new Error(`${maltBinary} is not there: npm run build makes it`);
}

/** Requests per second and CPU time. Returns the section for the page, and whether every run went well. */
async function compare(site: string, chosen: readonly Server[], line: CommandLine): Promise<[string, boolean]> {
  const load = currentLoad();
  const workloads = line.tls ? secureWorkloads : plainWorkloads;
  const { outcomes, floors } = await measureAll(site, chosen, workloads, line.rounds, line.seconds);
  const tables = workloads.map((workload) => {
    const rows = outcomes.filter((outcome) => outcome.workload === workload);
    return `### ${workload.title}\n\n${workloadTable(rows, malt.name)}\n\n${floorLine(floors.get(workload) ?? [])}`;
  });
  const generator = `${connections} keep-alive connections, wrk with ${loadThreads} thread${loadThreads === 1 ? "" : "s"}`;
  const method = `Medians of ${line.rounds} interleaved rounds of ${line.seconds} s each, ${generator}, all on loopback.`;
  const section = [method, machineFacts(load), serverTable(chosen), ...tables].join("\n\n");
  return [section, outcomes.every((outcome) => outcome.failure === null)];
}

/** Memory under big bodies. Returns the section for the page, and whether every transfer went well. */
async function transferBigBodies(site: string, chosen: readonly Server[]): Promise<[string, boolean]> {
  const load = currentLoad();
  const outcomes = await transferAll(site, chosen);
  const good = outcomes.filter((outcome): outcome is TransferOutcome => !(outcome instanceof Error));
  const section = [machineFacts(load), serverTable(chosen), transferTable(good)].join("\n\n");
  return [section, good.length === outcomes.length];
}

/** Many clients at once. Returns the section for the page, and whether every server came through. */
async function crowd(site: string, chosen: readonly Server[]): Promise<[string, boolean]> {
  const load = currentLoad();
  const [text, wentWell] = await measureManyClients(site, chosen, malt.name);
  return [[machineFacts(load), serverTable(chosen), text].join("\n\n"), wentWell];
}

/** Files, from servers of files. Returns the section for the page, and whether every run went well. */
async function serveFiles(site: string, line: CommandLine): Promise<[string, boolean]> {
  const load = currentLoad();
  const [text, wentWell] = await measureFiles(site, line.rounds, line.seconds);
  const method = `Medians of ${line.rounds} interleaved rounds of ${line.seconds} s each, kept-alive connections, all on loopback.`;
  return [[method, machineFacts(load), text].join("\n\n"), wentWell];
}

/** Which section of the page is measured, and how. */
function benchmarkOf(line: CommandLine): readonly [name: string, measure: typeof crowd] {
  if (line.transfer) return ["transfer", transferBigBodies];
  if (line.clients) return ["clients", crowd];
  if (line.static) return ["static", (site) => serveFiles(site, line)];
  return [line.tls ? "tls" : "comparison", (site, chosen) => compare(site, chosen, line)];
}

async function main(): Promise<number> {
  const line = readCommandLine(Bun.argv.slice(2));
  if (line instanceof Error) {
    say(`${line.message}\n${usage}`);
    return 2;
  }
  const chosen = prepare(line);
  if (chosen instanceof Error) {
    say(chosen.message);
    return 1;
  }
  if (chosen.length === 0) return 1;
  const site = makeSite();
  const leave = (): never => {
    killWrk();
    killAll();
    removeSite(site);
    process.exit(130);
  };
  process.on("SIGINT", leave).on("SIGTERM", leave).on("SIGHUP", leave);
  try {
    const [name, measure] = benchmarkOf(line);
    const [section, wentWell] = await measure(site, chosen);
    console.log(section);
    const unwritten = line.write ? writeSection(name, section) : null;
    if (unwritten !== null) say(unwritten.message);
    return wentWell && unwritten === null ? 0 : 1;
  } finally {
    killAll();
    removeSite(site);
  }
}

process.exit(await main());
