import { expect, test } from "bun:test";
import { parseProcStat, type ProcStat } from "../../scripts/bench/proc-stat.ts";
import { treeOf } from "../../scripts/bench/process-tree.ts";
import { parseMemory } from "../../scripts/bench/smaps-rollup.ts";

// Fields 4 to 22 of proc(5) after "pid (name) state": each holds its own number, so that a shifted one shows.
const fields = Array.from({ length: 19 }, (_, index) => index + 4).join(" ");

test.each([
  ["(python3)"],
  ["(a b)"],
  // A worker that names itself so must not move the columns.
  ["(evil) R 1 (x)"],
  ["()"],
])("the columns of /proc/PID/stat are right for the name %s", (name) => {
  expect(parseProcStat(`42 ${name} S ${fields}\n`)).toEqual({
    pid: 42,
    state: "S",
    parent: 4,
    session: 6,
    cpuTicks: 14 + 15 + 16 + 17,
    startedTicks: 22,
  });
});

test.each(["", "42", "42 (x) S 1 2 3", "x (y) S " + fields, "42 (no end"])("%p is no process", (line) => {
  expect(parseProcStat(line)).toBeNull();
});

test("a tree has the descendants of its root and the orphans of its session, and nobody else", () => {
  const all = [
    process({ pid: 14, parent: 13, session: 13 }), // listed before its parents
    process({ pid: 13, parent: 11, session: 13 }), // began a session of its own
    process({ pid: 11, parent: 10, session: 10 }),
    process({ pid: 10, parent: 2, session: 10 }),
    process({ pid: 12, parent: 1, session: 10 }), // its parent has died
    process({ pid: 15, parent: 10, session: 10, state: "Z" }),
    process({ pid: 20, parent: 2, session: 2 }),
    process({ pid: 2, parent: 1, session: 2 }),
    process({ pid: 1, parent: 0, session: 1 }),
  ];
  const pids = treeOf(10, all).map((stat) => stat.pid);
  expect(pids.toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14]);
});

test("a root that has gone leaves the tree of those it left behind, or an empty one", () => {
  const orphan = process({ pid: 12, parent: 1, session: 10 });
  expect(treeOf(10, [orphan])).toEqual([orphan]);
  expect(treeOf(10, [process({ pid: 1, parent: 0, session: 1 })])).toEqual([]);
});

test("resident memory is read from the rollup, and from the status where there is no rollup", () => {
  const rollup =
    "55d0-7ffd ---p 0 00:00 0 [rollup]\nRss:            1500 kB\nPss:             700 kB\nPss_Dirty:        9 kB\n";
  expect(parseMemory(rollup)).toEqual({ rssBytes: 1500 * 1024, pssBytes: 700 * 1024 });
  const status = "Name:\tmalt\nVmHWM:\t   2000 kB\nVmRSS:\t   1500 kB\n";
  expect(parseMemory(status)).toEqual({ rssBytes: 1500 * 1024, pssBytes: null });
  expect(parseMemory("Name:\tkthreadd\n")).toBeNull();
});

function process(given: Partial<ProcStat>): ProcStat {
  return { pid: 1, state: "S", parent: 0, session: 1, cpuTicks: 0, startedTicks: 0, ...given };
}
