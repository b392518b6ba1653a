/** Log files that are rotated: by the server, by a program, by whoever moves them away. */

import { expect } from "bun:test";
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { pipelined } from "../../../scripts/pipelined.ts";
import { refusal } from "./inside.ts";

const hello = app("hello.py");
const files = { without: ["--log-to-terminal"] } as const;
// Of the children, only workers connect.
const more = { ...files, until: "banner" } as const;
const MIB = 1024 * 1024;

/** As rotatelogs names them, in UTC. */
const STAMPED = /^access_log\.(\d{4})-(\d\d)-(\d\d)-(\d\d)_(\d\d)_(\d\d)$/;

function named(directory: string, begin: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(begin))
    .toSorted();
}

/** The names of the logs that begin with `begin`, once `text` is in one of them. */
function logged(server: Server, begin: string, text: string): Promise<string[]> {
  return until(`${text} in ${begin}`, () => {
    const logs = named(server.root, begin);
    return logs.some((name) => readFileSync(join(server.root, name), "utf8").includes(text)) ? logs : null;
  });
}

/** The numbers of the requests in the access logs of a server, in the order of the files. Every line must be whole. */
function numbersIn(directory: string): number[] {
  const text = named(directory, "access_log").map((name) => readFileSync(join(directory, name), "latin1"));
  return text
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => Number(/^"GET \/(\d+) HTTP\/1\.1" 200 x{60}$/.exec(line)?.[1] ?? line));
}

/** A server whose access log has the number of each request. */
const counting = (args: readonly string[]): Promise<Server> =>
  start(hello, ["--access-log", `--access-log-format="%r" %>s ${"x".repeat(60)}`, ...args], more);

test("--rotate-logs: files have their start in the name, error logs as well, and a restart begins new ones", async () => {
  await using server = await start(hello, ["--access-log", "--rotate-logs"], files);
  const before = Date.now();
  expect(await server.text("/one")).toBe("Hello, World!\n");
  const [first = ""] = await logged(server, "access_log", "/one");
  const [, ...parts] = STAMPED.exec(first) ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  expect(Math.abs(Date.UTC(year, month - 1, day, hour, minute, second) - before)).toBeLessThan(20_000);
  expect(statSync(join(server.root, first)).mode & 0o777).toBe(0o640);
  expect(named(server.root, "error_log")).toHaveLength(1);

  await until("another second", () => Date.now() - before > 1000);
  process.kill(server.pid, "SIGHUP");
  await until("a second error log that tells of the new start", () => {
    const [, next] = named(server.root, "error_log");
    return next !== undefined && readFileSync(join(server.root, next), "utf8").includes("resuming normal operations");
  });
  expect(await server.text("/two")).toBe("Hello, World!\n");
  expect(await server.stop()).toBe(0);
  const [one = "", two = "", ...others] = named(server.root, "access_log");
  expect(others).toEqual([]);
  expect(readFileSync(join(server.root, one), "utf8")).not.toContain("/two");
  expect(readFileSync(join(server.root, two), "utf8")).toContain("/two");
});

test("--rotate-logs: it has no effect on a terminal", async () => {
  await using server = await start(hello, ["--access-log", "--rotate-logs", "--log-to-terminal"]);
  expect(await server.text("/")).toBe("Hello, World!\n");
  await server.waitForOutput(/"GET \/ HTTP\/1\.1" 200 14$/m);
  expect(named(server.root, "error_log")).toEqual([]);
});

test("--max-log-size: no file of the server's own gets larger, and no line of 50,000 is lost, doubled or torn", async () => {
  await using server = await counting(["--rotate-logs", "--max-log-size=1"]);
  // Long enough for several files, whose names differ by a second.
  const rounds = 5;
  for (let round = 0; round < rounds; round += 1) {
    const began = Date.now();
    await pipelined(server.port, { from: round * 10_000, count: 10_000, connections: 4 });
    await until("another second", () => Date.now() - began > 1000);
  }
  expect(await server.stop()).toBe(0);
  const logs = named(server.root, "access_log");
  expect(logs.length).toBeGreaterThan(2);
  for (const name of logs.slice(0, -1)) expect(statSync(join(server.root, name)).size).toBeLessThan(1.5 * MIB);
  const numbers = numbersIn(server.root);
  expect(numbers).toHaveLength(rounds * 10_000);
  expect(new Set(numbers).size).toBe(rounds * 10_000);
});

test("--rotatelogs-executable: it gets the pattern, the size and the log; one that is killed finds the rest, none is lost", async () => {
  using home = folder();
  const program = join(home.path, "writer");
  // Reads a line at a time, as cat wouldn't, so that being killed between two of them loses none.
  const script = `#!${Bun.which("python3")}
import os, signal, sys
with open(sys.argv[1].partition("%")[0] + "words", "a") as words:
    words.write(" ".join(sys.argv[1:]) + "\\n")
out = open(sys.argv[1].partition(".%")[0] + ".out", "ab", 0)
line = b""
while True:
    byte = os.read(0, 1)
    if not byte:
        break
    line += byte
    if byte == b"\\n":
        out.write(line)
        if b"/13 " in line and os.path.getsize(out.name) < 5000:
            os.kill(os.getpid(), signal.SIGKILL)
        line = b""
`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  const options = ["--rotate-logs", "--max-log-size=7", `--rotatelogs-executable=${program}`];
  await using server = await counting(options);
  await pipelined(server.port, { from: 0, count: 200, connections: 1 });
  expect(await server.stop()).toBe(0);
  const lines = readFileSync(join(server.root, "access_log.out"), "utf8").trimEnd().split("\n");
  expect(lines).toEqual(Array.from({ length: 200 }, (_, number) => `"GET /${number} HTTP/1.1" 200 ${"x".repeat(60)}`));
  const words = readFileSync(join(server.root, "access_log.words"), "utf8").trimEnd().split("\n");
  const call = `${server.root}/access_log.%Y-%m-%d-%H_%M_%S 7M`;
  expect(words).toEqual([call, call]);
  const errors = readFileSync(join(server.root, "error_log.out"), "utf8");
  expect(errors).toMatch(
    /\[core:error\] .*writer, which writes .*access_log, ended \(SIGKILL\); it is started again now/,
  );
});

const rotatelogs = Bun.which("rotatelogs");
if (rotatelogs === null)
  console.error("skipped: there is no rotatelogs (apache2-utils) to give to --rotatelogs-executable");
else {
  test("--rotatelogs-executable: rotatelogs of Apache makes files of the same names, also at a restart", async () => {
    const options = ["--access-log", "--rotate-logs", `--rotatelogs-executable=${rotatelogs}`];
    await using server = await start(hello, options, more);
    expect(await server.text("/one")).toBe("Hello, World!\n");
    const began = Date.now();
    await until("another second", () => Date.now() - began > 1000);
    process.kill(server.pid, "SIGUSR1");
    await until("the restart to be over", () =>
      named(server.root, "error_log")
        .slice(1)
        .some((name) => readFileSync(join(server.root, name), "utf8").includes("resuming normal")),
    );
    expect(await server.text("/two")).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
    const logs = named(server.root, "access_log");
    for (const name of logs) expect(name).toMatch(STAMPED);
    const all = logs.map((name) => readFileSync(join(server.root, name), "utf8"));
    expect(all.map((text) => text.match(/GET \S+/g))).toEqual([["GET /one"], ["GET /two"]]);
  });
}

test("--rotatelogs-executable: one that can't be run keeps the server from starting", async () => {
  const words = ["--rotate-logs", "--rotatelogs-executable=/no/such/program"];
  const { code, err } = await refusal(words);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("/no/such/program cannot be run (ENOENT)") });
  expect(err).toContain("--rotatelogs-executable names it");
});

test("files that were moved away are made anew at SIGHUP, and no request is missing from both", async () => {
  await using server = await counting([]);
  const path = join(server.root, "access_log");
  const asked = pipelined(server.port, { from: 0, count: 20_000, connections: 4 });
  for (const round of [1, 2]) {
    await until("some lines", () => statSync(path, { throwIfNoEntry: false })?.size);
    renameSync(path, `${path}.${round}`);
    process.kill(server.pid, "SIGHUP");
    await until("a new file", () => statSync(path, { throwIfNoEntry: false }));
  }
  await asked;
  expect(await server.stop()).toBe(0);
  const numbers = numbersIn(server.root);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20_000 }, (_, number) => number));
});

test("logs of services rotate too", async () => {
  using home = folder();
  const script = join(home.path, "service.py");
  writeFileSync(script, 'import time\nprint("the service speaks", flush=True)\ntime.sleep(60)\n');
  const options = ["--service-script", "tick", script, "--service-log-file", "tick", "tick.log", "--rotate-logs"];
  await using server = await start(hello, options, more);
  const [log = ""] = await logged(server, "tick.log.", "the service speaks");
  expect(log).toMatch(/^tick\.log\.\d{4}-\d\d-\d\d-\d\d_\d\d_\d\d$/);
});
