/** How much memory the processes of a server take, and how much more that becomes while something goes on. */

import { readFileSync } from "node:fs";
import type { Server } from "../../harness/server.ts";

const SAMPLE_EVERY_MS = 5;

/** Most bytes by which a process of the server grew while `work` was going on, and which. */
export async function growthDuring(server: Server, work: () => Promise<void>): Promise<Record<string, number>> {
  const { frontEnds, workers } = server.processes();
  const pids = [server.pid, ...frontEnds, ...workers];
  const before = pids.map(anonymousBytes);
  const peaks = [...before];
  const look = (): void => {
    for (const [index, pid] of pids.entries()) peaks[index] = Math.max(peaks[index] ?? 0, anonymousBytes(pid));
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  const grown = (pid: number): number => {
    const index = pids.indexOf(pid);
    return (peaks[index] ?? 0) - (before[index] ?? 0);
  };
  return {
    supervisor: grown(server.pid),
    "front end": Math.max(...frontEnds.map(grown)),
    worker: Math.max(...workers.map(grown)),
  };
}

/** Memory that only this process has and that no file stands behind. Throws when the process is gone. */
function anonymousBytes(pid: number): number {
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  return Number(match?.[1]) * 1024;
}
