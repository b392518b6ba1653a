/** What is known of processes and users, and what is done to them. */

import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../../lib/os/atomic-write.ts";
import { nowUs } from "../../lib/os/clock.ts";
import { descriptorLimit, raiseDescriptorLimit } from "../../lib/os/limits.ts";
import { lockDirectory } from "../../lib/os/lock.ts";
import { makePipe } from "../../lib/os/pipes.ts";
import { privilegeProblem } from "../../lib/os/privileges.ts";
import { parseStat, statOf, usageOf } from "../../lib/os/proc.ts";
import { describeSignal } from "../../lib/os/signals.ts";
import { accountOf, groupsOf, lookUp } from "../../lib/os/users.ts";
import { folder } from "../harness/folders.ts";

const isRoot = process.getuid?.() === 0;

/** Runs a script of this folder to its end. */
function script(name: string, ...words: string[]): { code: number; out: string; err: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, join(import.meta.dir, name), ...words]);
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

/** Bun's own answer is that of $USER, or "unknown". */
function userName(): string {
  return Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
}

const stats: readonly [text: string, expected: ReturnType<typeof parseStat>][] = [
  [
    `1 (init) S 0 1 1 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 100 5000 600 18446744073709551615`,
    { state: "S", parent: 0, cpuTicks: 30, rssPages: 600 },
  ],
  [
    `77 (a b) Z 5 (c) Z 42 1 1 0 -1 4194560 1 2 3 4 7 8 30 40 20 0 1 0 100 5000 9 18446744073709551615`,
    { state: "Z", parent: 42, cpuTicks: 15, rssPages: 9 },
  ],
];

describe("/proc/PID/stat", () => {
  for (const [text, expected] of stats) test(text.slice(0, 20), () => expect(parseStat(text)).toEqual(expected));
});

test("CPU time and memory of a process are known until it is gone", async () => {
  const usage = usageOf(process.pid);
  expect(usage?.rssBytes).toBeGreaterThan(1e6);
  expect(usage?.cpuMs).toBeGreaterThan(0);
  expect(statOf(process.pid)?.parent).toBe(process.ppid);
  const child = Bun.spawn(["true"]);
  await child.exited;
  expect(usageOf(child.pid)).toBeUndefined();
});

test("users and groups are found by name and by number, with the primary group of a user", () => {
  const root = { name: "root", id: 0, gid: 0 };
  for (const kind of ["user", "group"] as const) {
    expect([lookUp(kind, "root"), lookUp(kind, 0)]).toEqual([root, root]);
    expect([lookUp(kind, "nobody-knows-me"), lookUp(kind, 3_999_999_999)]).toEqual([undefined, undefined]);
  }
  const line = /^([^:]+):[^:]*:([1-9]\d*):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  const [, name = "", id, gid] = line ?? [];
  expect(lookUp("user", name)).toEqual({ name, id: Number(id), gid: Number(gid) });
});

test("the account of a user id is found, and none for an id without one", () => {
  const { uid } = userInfo();
  const entry = Bun.spawnSync(["getent", "passwd", String(uid)])
    .stdout.toString()
    .split(":");
  expect(accountOf(uid)).toEqual({ name: entry[0] ?? "", home: entry[5] ?? "" });
  expect(accountOf(3_999_999_999)).toBeUndefined();
});

test("the groups of a user are those of id(1), and only the given one for a user nobody knows", () => {
  const { gid } = userInfo();
  const username = userName();
  const { stdout } = Bun.spawnSync(["id", "-G", username]);
  const expected = stdout
    .toString()
    .trim()
    .split(" ")
    .map(Number)
    .toSorted((a, b) => a - b);
  expect(groupsOf(username, gid)).toEqual(expected);
  expect(groupsOf("nobody-knows-me", 4711)).toEqual([4711]);
});

const clean = "Uid:\t5\t5\t5\t5\nGid:\t6\t6\t6\t6\nGroups:\t6 8 \nCapPrm:\t0000\nCapEff:\t0000\n";
const statuses: readonly [name: string, status: string, problem: string | undefined][] = [
  ["is in order", clean, undefined],
  ["has a saved user id left", clean.replace("Uid:\t5\t5\t5", "Uid:\t5\t5\t0"), "user ids"],
  ["has an effective group left", clean.replace("Gid:\t6\t6", "Gid:\t6\t0"), "group ids"],
  ["has a group too many", clean.replace("6 8", "0 6 8"), "groups are 0 6 8"],
  ["lacks a group", clean.replace("6 8", "6"), "groups are 6"],
  ["has a capability left", clean.replace("CapEff:\t0000", "CapEff:\t0400"), "CapEff 0400"],
  ["says nothing of its user", "Name:\tx\n", "user ids are missing"],
];

describe("a thread that gave up root", () => {
  for (const [name, status, problem] of statuses) {
    test(name, () => {
      const found = privilegeProblem(status, 5, 6, [6, 8]);
      if (problem === undefined) expect(found).toBeUndefined();
      else expect(found).toContain(problem);
    });
  }
});

if (isRoot) {
  test("a process that drops its privileges has them dropped in every thread, for good", () => {
    const { code, out, err } = script("drop.ts");
    expect(err).toBe("");
    expect(JSON.parse(out)).toEqual({ uids: ["65534\t65534\t65534\t65534"], shadow: "EACCES", manyThreads: true });
    expect(code).toBe(0);
  });
} else {
  test("who isn't root can't become somebody else, and is told so", () => {
    const { code, err } = script("drop.ts");
    expect(code).not.toBe(0);
    expect(err).toContain("cannot become user nobody");
  });
}

test("orphans that ended are waited for, our own children are not", () => {
  const { out, err } = script("reap.ts");
  expect(err).toBe("");
  expect(JSON.parse(out)).toEqual({ zombieBefore: "Z", reaped: 1, zombieAfter: null, ownExitCode: 7 });
});

test("the soft limit of open files is raised to the hard one", () => {
  const { stdout } = Bun.spawnSync([
    "sh",
    "-c",
    `ulimit -Sn 64; exec "$0" "$1"`,
    process.execPath,
    join(import.meta.dir, "limits.ts"),
  ]);
  const { hard } = descriptorLimit();
  expect(stdout.toString()).toBe(`${hard} ${hard}\n`);
  expect(raiseDescriptorLimit().hard).toBe(hard);
});

test("only one holder of a directory's lock at a time, and none after its process died", async () => {
  using home = folder();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "lock.ts"), home.path], { stdout: "pipe" });
  for await (const chunk of child.stdout) if (Buffer.from(chunk).includes("locked")) break;
  expect(lockDirectory(home.path)).toBeUndefined();
  child.kill("SIGKILL");
  await child.exited;
  const lock = lockDirectory(home.path);
  expect(lock).toBeDefined();
  expect(lockDirectory(home.path)).toBeUndefined();
  lock?.release();
  lockDirectory(home.path)?.release();
});

test("a pipe for a child can be opened again by name, as /dev/stderr is, and isn't inherited by others", async () => {
  const { read, write } = makePipe();
  expect(readlinkSync(`/proc/self/fd/${write}`)).toStartWith("pipe:");
  const child = Bun.spawn(["sh", "-c", "echo by name > /dev/stderr"], { stdio: ["ignore", "ignore", write] });
  const others = Bun.spawnSync(["ls", "/proc/self/fd"]).stdout.toString();
  await child.exited;
  for await (const chunk of Bun.file(read).stream()) {
    expect(Buffer.from(chunk).toString()).toBe("by name\n");
    break;
  }
  expect(others.trim().split("\n")).not.toContain(String(read));
});

test("the clock is the wall clock, in microseconds", () => {
  const before = Date.now() * 1000;
  const now = nowUs();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual((Date.now() + 1) * 1000);
});

test("signals have numbers and names", () => {
  expect(describeSignal("SIGKILL")).toBe("signal 9 (SIGKILL)");
  expect(describeSignal("35")).toBe("signal 35");
});

test("a file is replaced as a whole, with its mode, and a link is replaced rather than followed", () => {
  using home = folder();
  const target = join(home.path, "target");
  const link = join(home.path, "link");
  writeFileSync(target, "untouched");
  symlinkSync(target, link);
  writeAtomically(link, "new", 0o640);
  expect(readFileSync(target, "utf8")).toBe("untouched");
  expect(readFileSync(link, "utf8")).toBe("new");
  expect(statSync(link).mode & 0o777).toBe(0o640);
  mkdirSync(join(home.path, "folder"));
  expect(() => writeAtomically(join(home.path, "folder"), "x", 0o600)).toThrow();
  expect([...new Bun.Glob("*.new").scanSync(home.path)]).toEqual([]);
});
