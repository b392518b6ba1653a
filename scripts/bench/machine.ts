/** Facts without which the numbers mean nothing. */

import { cpus, loadavg, release, totalmem } from "node:os";
import { installedVersion, pythonVersion } from "./python.ts";
import packageFile from "../../package.json" with { type: "json" };
import type { Server } from "./servers.ts";
import { djangoRelease } from "./packages.ts";
import { markdownTable } from "./table.ts";

/** The machine and the software below the servers, as a Markdown list. `startLoad` is the load average before the first run. */
export function machineFacts(startLoad: number): string {
  const cores = cpus();
  return [
    `- ${cores.length} cores, ${cores[0]?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `- Linux ${release()}, load average ${startLoad.toFixed(1)} before the first run`,
    `- CPython ${pythonVersion()}, Django ${installedVersion(djangoRelease.project)}, Bun ${Bun.version}, ${wrkVersion()}`,
  ].join("\n");
}

/** Load average of the last minute. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

/** Which version of each server ran as what. */
export function serverTable(servers: readonly Server[]): string {
  const rows = servers.map((server) => [server.name, versionOf(server), server.shape]);
  return markdownTable(["server", "version", "runs as"], rows, []);
}

function versionOf(server: Server): string {
  return server.release === null ? packageFile.version : installedVersion(server.release.project);
}

function wrkVersion(): string {
  // wrk prints its version with its usage, and exits with 1.
  const { stdout, stderr } = Bun.spawnSync(["wrk", "--version"], { stdout: "pipe", stderr: "pipe" });
  return /^wrk \S+/.exec(stdout.toString() + stderr.toString())?.[0] ?? "wrk";
}
