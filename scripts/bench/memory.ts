/** How much memory each process of a server takes, sampled while something happens to it. */

import { readFileSync } from "node:fs";
import type { ProcStat } from "./proc-stat.ts";
import { processTree } from "./process-tree.ts";
import { parseMemory, type Memory } from "./smaps-rollup.ts";

/** One process over the time it was watched; bytes. */
export interface MemoryCurve {
  readonly pid: number;
  readonly name: string;
  readonly start: Memory;
  /** Of either number the highest sample, not necessarily the same one. */
  readonly peak: Memory;
}

export interface MemoryWatch {
  /** Stop watching and tell. */
  readonly stop: () => readonly MemoryCurve[];
}

// A server that keeps a body of 1 GiB takes seconds to get it: there are dozens of samples on the way.
const sampleEveryMs = 50;

/** Watch the tree below `root`. A process that appears later begins with its first sample. */
export function watchMemory(root: number): MemoryWatch {
  const curves = new Map<string, MemoryCurve>();
  const sample = (): void => {
    for (const stat of processTree(root)) {
      const memory = readMemory(stat.pid);
      if (memory === null) continue;
      const key = `${stat.pid}-${stat.startedTicks}`;
      const known = curves.get(key);
      curves.set(key, known === undefined ? begin(stat, memory) : { ...known, peak: higher(known.peak, memory) });
    }
  };
  sample();
  const timer = setInterval(sample, sampleEveryMs);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return [...curves.values()];
    },
  };
}

function begin(stat: ProcStat, memory: Memory): MemoryCurve {
  return { pid: stat.pid, name: nameOf(stat.pid), start: memory, peak: memory };
}

function higher(one: Memory, other: Memory): Memory {
  const pssBytes = one.pssBytes === null || other.pssBytes === null ? null : Math.max(one.pssBytes, other.pssBytes);
  return { rssBytes: Math.max(one.rssBytes, other.rssBytes), pssBytes };
}

function readMemory(pid: number): Memory | null {
  // The rollup is only for root and the owner; everybody may read the status.
  return parseMemory(read(`/proc/${pid}/smaps_rollup`)) ?? parseMemory(read(`/proc/${pid}/status`));
}

/** The first two words of the command line, without folders: "malt front-end". */
function nameOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`)
    .split(/[\0 ]+/)
    .filter((word) => word !== "");
  return words
    .slice(0, 2)
    .map((word) => word.slice(word.lastIndexOf("/") + 1))
    .join(" ");
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
