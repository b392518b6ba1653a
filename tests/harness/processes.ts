/** What /proc knows about the processes of a server. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  readonly session: number;
  /** The words it was started with. */
  readonly words: readonly string[];
}

/** Every process that is not a zombie. One that ends while it is looked at is left out. */
export function processes(): Process[] {
  const found: Process[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name in parentheses may contain anything: the fields are counted from the last parenthesis (proc(5)).
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const [state, ppid, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z" || state === "X") continue;
      const words = readFileSync(`/proc/${name}/cmdline`, "latin1").split("\0").slice(0, -1);
      found.push({ pid: Number(name), ppid: Number(ppid), group: Number(group), session: Number(session), words });
    } catch {
      // It ended between the two looks.
    }
  }
  return found;
}

/** The direct children of a supervisor, sorted by duty. */
export function childrenOf(supervisor: number): { frontEnds: number[]; workers: number[] } {
  const children = processes().filter((process) => process.ppid === supervisor);
  return {
    frontEnds: children.filter((child) => isFrontEnd(child)).map((child) => child.pid),
    workers: children.filter((child) => !isFrontEnd(child)).map((child) => child.pid),
  };
}

function isFrontEnd(process: Process): boolean {
  return process.words.includes("front-end");
}

/**
 * Whoever is left of a server: members of its process group or session, and processes that carry `mark` in their
 * environment wherever they went.
 */
export function leftovers(supervisor: number, mark: string): Process[] {
  return processes().filter(
    ({ pid, group, session }) =>
      pid === supervisor || group === supervisor || session === supervisor || environOf(pid).includes(mark),
  );
}

/** The environment a process was started with, as /proc has it; "" when it may not be seen or has ended. */
export function environOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

const CONNECTED = "03";

/** Whether a front end is connected to the UNIX socket this worker listens on, and the worker has taken the connection. */
export function isConnected(worker: number): boolean {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync(`/proc/${worker}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${worker}/fd/${fd}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    }
  } catch {
    return false;
  }
  // Accepted sockets carry the path of the listener they came from; the control socket pair has none.
  return readFileSync("/proc/net/unix", "latin1")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .some(([, , , , , state, inode = "", path]) => state === CONNECTED && path !== undefined && inodes.has(inode));
}
