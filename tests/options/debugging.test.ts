import { describe, expect, test } from "bun:test";
import { parseArguments } from "../../lib/options/argv.ts";
import { resolveSettings } from "../../lib/options/resolve/resolve.ts";
import type { Debugging, Program } from "../../lib/settings/settings.ts";
import { machine, PYTHON, type Machine } from "./machine.ts";

const PROGRAM: Program = {
  name: "malt",
  version: "1.2.3",
  command: "start-server",
  typed: "",
  words: [],
  directory: "/srv/site",
};

function resolve(words: readonly string[], given: Machine = {}) {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  return resolveSettings(parse.parsed, machine(given), PROGRAM);
}

function settings(words: readonly string[], given: Machine = {}) {
  const resolution = resolve(words, given);
  if (!("settings" in resolution)) throw new Error(JSON.stringify(resolution));
  return resolution.settings;
}

const OFF: Debugging = {
  debugger: false,
  stopsAtStart: false,
  coverageDirectory: null,
  profilerDirectory: null,
  recorderDirectory: null,
  gdb: null,
};

/** Where gdb is; a machine's programs are its Pythons. */
const WITH_GDB: Machine = { pythons: { "/usr/bin/python3": PYTHON, "/usr/bin/gdb": PYTHON } };

const ROOT = "/tmp/mod_wsgi-localhost:8000:1000";

const table: readonly [words: readonly string[], debugging: Debugging | null][] = [
  [[], null],
  [["--debugger-startup", "--profiler-directory=x", "--gdb-executable=nowhere"], null],
  [["--debug-mode"], OFF],
  [["--enable-debugger"], { ...OFF, debugger: true }],
  [["--enable-debugger", "--debugger-startup"], { ...OFF, debugger: true, stopsAtStart: true }],
  [["--debug-mode", "--debugger-startup"], OFF],
  [["--enable-coverage"], { ...OFF, coverageDirectory: `${ROOT}/htmlcov` }],
  [["--enable-profiler", "--profiler-directory=p"], { ...OFF, profilerDirectory: "/srv/site/p" }],
  [["--enable-recorder", "--coverage-directory=c"], { ...OFF, recorderDirectory: `${ROOT}/archive` }],
  [["--enable-gdb"], { ...OFF, gdb: "/usr/bin/gdb" }],
  [["--enable-gdb", "--gdb-executable=../../usr/bin/gdb"], { ...OFF, gdb: "/usr/bin/gdb" }],
];

describe("debug mode", () => {
  for (const [words, debugging] of table) {
    test(`${words.join(" ") || "nothing"} comes to ${JSON.stringify(debugging)}`, () => {
      expect(settings(words, WITH_GDB).debugging).toEqual(debugging);
    });
  }

  test("has one process with one thread and one front end, and no limit but those of clients", () => {
    const { workers, frontEnds, timeouts, application } = settings([
      "--debug-mode",
      "--processes=3",
      "--threads=7",
      "--server-mpm=prefork",
      "--maximum-requests=5",
      "--cpu-time-limit=9",
    ]);
    expect(workers).toMatchObject({ processes: 1, processesGiven: false, threads: 1, maximumRequests: 0 });
    expect(frontEnds.count).toBe(1);
    expect(timeouts).toMatchObject({ requestMs: 0, deadlockMs: 0, queueMs: 0, cpuMs: 0, headerMs: 15_000 });
    expect(application).toMatchObject({ scriptReloading: false, reloadOnChanges: false });
  });

  test("needs the folders above those of its tools, but only of those that are used", () => {
    expect(resolve(["--enable-profiler", "--profiler-directory=/no/such"])).toMatchObject({
      problems: [{ exit: 1, from: [["--profiler-directory", "/no/such"]] }],
    });
    expect(resolve(["--enable-coverage", "--profiler-directory=/no/such"])).toHaveProperty("settings");
  });

  test("with gdb needs gdb", () => {
    expect(resolve(["--enable-gdb"])).toMatchObject({
      problems: [{ exit: 1, what: "there is no program gdb that can be run as gdb" }],
    });
  });
});
