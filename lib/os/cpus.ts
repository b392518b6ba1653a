/**
 * How many processors this process may keep busy: as many as it may run on, but no more than the quota of its control
 * group lets it use. Bun's `availableParallelism` knows the first only, so in a container it counts the whole machine.
 */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/** Reads a small file; undefined when there is none. Tests have a made-up tree. */
export type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
};

/** At least 1; a quota of a part of a processor counts as a whole one. */
export function usableCpus(read: ReadText = readText): number {
  const allowed = affinity(read("/proc/self/status") ?? "") ?? availableParallelism();
  const quota = Math.ceil(quotaOf(read));
  return Math.max(1, Math.min(allowed, quota));
}

/** Processors on the line `Cpus_allowed_list: 0-3,8`. */
function affinity(status: string): number | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (list === undefined) return undefined;
  return list.split(",").reduce((sum, range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return sum + last - first + 1;
  }, 0);
}

/** The smallest quota of the group and those around it, in processors; Infinity when there is none. */
function quotaOf(read: ReadText): number {
  const groups = (read("/proc/self/cgroup") ?? "").split("\n").map((line) => line.split(":"));
  let least = Infinity;
  for (const [number, controllers = "", path = "/"] of groups) {
    const unified = number === "0" && controllers === "";
    if (!path.startsWith("/") || (!unified && !controllers.split(",").includes("cpu"))) continue;
    const mounts = unified
      ? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
      : [`/sys/fs/cgroup/${controllers}`, "/sys/fs/cgroup/cpu"];
    for (const mount of mounts) {
      // A container sees its own group as the root of what is mounted, whatever the path says.
      for (let at = path; ; at = dirname(at)) {
        least = Math.min(least, unified ? unifiedQuota(read, join(mount, at)) : formerQuota(read, join(mount, at)));
        if (at === "/") break;
      }
    }
  }
  return least;
}

/** cgroup v2: `QUOTA PERIOD`, or `max PERIOD`. */
function unifiedQuota(read: ReadText, folder: string): number {
  const [quota, period] = (read(join(folder, "cpu.max")) ?? "max").trim().split(" ");
  return asProcessors(Number(quota), Number(period));
}

/** cgroup v1, where a quota of -1 is none. */
function formerQuota(read: ReadText, folder: string): number {
  const number = (name: string) => Number(read(join(folder, name)) ?? NaN);
  return asProcessors(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"));
}

function asProcessors(quota: number, period: number): number {
  return quota > 0 && period > 0 ? quota / period : Infinity;
}
