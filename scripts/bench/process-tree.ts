/** The processes of one server: all that descend from its first process, or share its session. */

import { readdirSync, readFileSync } from "node:fs";
import { parseProcStat, type ProcStat } from "./proc-stat.ts";

// USER_HZ: part of the kernel's interface, 100 on every architecture that Linux and Bun share.
const microsecondsPerTick = 10_000;

/** The live processes of the tree below `root` (a session leader), itself included, out of `all`. Pure. */
export function treeOf(root: number, all: readonly ProcStat[]): readonly ProcStat[] {
  const tree = new Map<number, ProcStat>();
  // Twice around is not enough for a chain listed backwards: go on until nothing is added.
  for (let before = -1; before !== tree.size;) {
    before = tree.size;
    for (const stat of all) {
      // The session finds those whose parent has died, the descent those that began a session of their own.
      if (stat.pid === root || stat.session === root || tree.has(stat.parent)) tree.set(stat.pid, stat);
    }
  }
  return [...tree.values()].filter((stat) => stat.state !== "Z");
}

/** The tree below `root` as it is now. */
export function processTree(root: number): readonly ProcStat[] {
  return treeOf(root, everyProcess());
}

/**
 * Microseconds of CPU that the tree below `root` has used so far, in steps of 10,000 a process. A child that was
 * waited for is counted with its parent, so that the difference of two readings misses nobody but orphans.
 */
export function cpuMicroseconds(root: number): number {
  return processTree(root).reduce((sum, stat) => sum + stat.cpuTicks, 0) * microsecondsPerTick;
}

/** Whether `stat` still runs, and its pid was not given to another process. */
export function isAlive(stat: ProcStat): boolean {
  const now = readStat(stat.pid);
  return now !== null && now.state !== "Z" && now.startedTicks === stat.startedTicks;
}

function everyProcess(): readonly ProcStat[] {
  return readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    return stat === null ? [] : [stat];
  });
}

function readStat(pid: number): ProcStat | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return null;
  }
}
