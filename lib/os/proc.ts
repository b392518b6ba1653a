/** What /proc tells about a process. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { codeOf } from "./errors.ts";
import { libc } from "./libc.ts";

const SC_CLK_TCK = 2;
const SC_PAGESIZE = 30;

/** The fields of `/proc/PID/stat` that matter here. */
export interface ProcStat {
  readonly state: string;
  readonly parent: number;
  /** User and system, clock ticks. */
  readonly cpuTicks: number;
  readonly rssPages: number;
}

export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Parses `/proc/PID/stat`; the command in parentheses may itself hold blanks and parentheses. Pure. */
export function parseStat(text: string): ProcStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index] ?? 0);
  // Counted from the state, which is field 3 in proc(5).
  return { state: fields[0] ?? "?", parent: number(1), cpuTicks: number(11) + number(12), rssPages: number(21) };
}

/** `/proc/PID/stat` of a process; undefined when there is no such process. */
export function statOf(pid: number): ProcStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return undefined;
  }
}

/** CPU time and resident memory of a process; undefined when there is no such process. */
export function usageOf(pid: number): Usage | undefined {
  const stat = statOf(pid);
  if (stat === undefined) return undefined;
  const ticks = Number(libc().sysconf(SC_CLK_TCK));
  const page = Number(libc().sysconf(SC_PAGESIZE));
  return { cpuMs: (stat.cpuTicks * 1000) / ticks, rssBytes: stat.rssPages * page };
}

/**
 * Whether a process has the folder open, as one that locked it does; false when there is no such process. Throws when
 * this one may not know, which is so for processes of other users.
 */
export function holdsOpen(pid: number, folder: string): boolean {
  const { dev, ino } = statSync(folder);
  let descriptors;
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`);
  } catch (error) {
    // ESRCH: it ended between the opening and the reading.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH") return false;
    throw error;
  }
  return descriptors.some((fd) => {
    const found = statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false });
    return found?.dev === dev && found.ino === ino;
  });
}
