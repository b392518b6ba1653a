/** How many processors may be kept busy, on machines that are made up. */

import { expect, test } from "bun:test";
import { usableCpus } from "../../lib/os/cpus.ts";

const EIGHT = "Name:\tmalt\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n";

const machines: readonly (readonly [what: string, files: Readonly<Record<string, string>>, cpus: number])[] = [
  ["all that the process may run on", { "/proc/self/status": EIGHT }, 8],
  ["only those it is bound to", { "/proc/self/status": "Cpus_allowed_list:\t0,2-3,7\n" }, 4],
  ["a quota of cgroup v2", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "200000 100000\n" }, 2],
  ["no quota of cgroup v2", { "/proc/self/cgroup": "0::/site\n", "/sys/fs/cgroup/site/cpu.max": "max 100000\n" }, 8],
  [
    "a quota of a group around it",
    {
      "/proc/self/cgroup": "0::/system.slice/malt.service\n",
      "/sys/fs/cgroup/system.slice/malt.service/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/system.slice/cpu.max": "300000 100000\n",
    },
    3,
  ],
  [
    "a part of a processor, which is one",
    { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "25000 100000\n" },
    1,
  ],
  ["one and a half, which are two", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" }, 2],
  [
    "a quota of cgroup v1",
    {
      "/proc/self/cgroup": "4:memory:/docker/ab\n3:cpu,cpuacct:/docker/ab\n",
      // What a container sees of its own group is mounted as the root.
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "400000\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    },
    4,
  ],
  [
    "no quota of cgroup v1",
    {
      "/proc/self/cgroup": "3:cpu:/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    8,
  ],
];

for (const [what, files, cpus] of machines) {
  test(`${what}: ${cpus}`, () => {
    expect(usableCpus((path) => ({ "/proc/self/status": EIGHT, ...files })[path])).toBe(cpus);
  });
}

test("on this machine there is at least one", () => {
  expect(usableCpus()).toBeGreaterThan(0);
});
