/** Runs wrk against one address. */

import type { Subprocess } from "bun";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { LoadReport } from "./load.ts";
import { parseWrkReport } from "./wrk-report.ts";

export const connections = 32;

// One thread of wrk drove 92,000 requests a second on a shared core; more would take cores from the servers of a small
// machine.
export const loadThreads = Math.min(4, Math.max(1, Math.floor(cpus().length / 4)));

const script = fileURLToPath(new URL("report.lua", import.meta.url));

let running: Subprocess | null = null;

/** Load `url` for `seconds`. Returns an `Error` when wrk could not connect, or did not end in time. */
export async function runWrk(url: string, seconds: number, clients = connections): Promise<LoadReport | Error> {
  const words = ["wrk", `-t${loadThreads}`, `-c${clients}`, `-d${seconds}s`, "-s", script, url];
  // Ten seconds more than asked: wrk waits for connections that are stuck in a connect.
  const wrk = Bun.spawn(words, {
    stdout: "pipe",
    stderr: "pipe",
    timeout: (seconds + 10) * 1000,
    killSignal: "SIGKILL",
  });
  running = wrk;
  const [output, complaint] = await Promise.all([wrk.stdout.text(), wrk.stderr.text()]);
  await wrk.exited;
  running = null;
  if (wrk.signalCode !== null) return new Error(`wrk was ended by ${wrk.signalCode} after ${seconds + 10} s`);
  return parseWrkReport(output + complaint);
}

/** End the wrk that runs, if one does: the way out after Ctrl-C. */
export function killWrk(): void {
  running?.kill("SIGKILL");
}
