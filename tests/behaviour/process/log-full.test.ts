/** Logs that can't be written any more, and later can. */

import { expect } from "bun:test";
import { mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { pipelined } from "../../../scripts/pipelined.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const hello = app("hello.py");
const LINE = "x".repeat(1000);
const LOGGED = ["--access-log", `--access-log-format=%r ${LINE}`];
const files = { without: ["--log-to-terminal"] } as const;

/** How often the server has said that the access log can't be written, and that it can again. */
function said(server: Server, code: string): { complaints: number; endings: number } {
  const complaint = `access_log cannot be written (${code}): log lines are lost until it can\n`;
  return {
    complaints: server.log().split(complaint).length - 1,
    endings: server.log().match(/access_log can be written again; \d{3,} bytes of log lines were lost$/gm)?.length ?? 0,
  };
}

/** Fills the access log, which takes less than 128 KiB, and empties it: requests are answered all the while. */
async function fillAndEmpty(server: Server, log: string, code: string): Promise<void> {
  await pipelined(server.port, { from: 0, count: 300, connections: 2 });
  await until("the complaint", () => said(server, code).complaints > 0);
  await pipelined(server.port, { from: 300, count: 300, connections: 2 });
  // Lines are still on their way, which may fill it once more.
  await until("the end of the complaint", async () => {
    truncateSync(log, 0);
    expect(await server.text("/again")).toBe("Hello, World!\n");
    const { complaints, endings } = said(server, code);
    return complaints === endings && readFileSync(log, "latin1").includes("GET /again");
  });
  expect(await server.stop()).toBe(0);
  const { complaints, endings } = said(server, code);
  expect(complaints).toBe(endings);
  // For hundreds of lines.
  expect(complaints).toBeLessThan(4);
  const whole = new RegExp(`^GET /(\\d+|again) HTTP/1\\.1 ${LINE}$`);
  const lines = readFileSync(log, "latin1").trimEnd().split("\n");
  // The first may end one that was cut by the limit.
  for (const line of lines.slice(1)) expect(line).toMatch(whole);
  expect(lines.at(-1)).toContain("/again");
}

test("a log that has reached the limit on the size of files is told of once, requests go on, and so does the log when it can", async () => {
  // Blocks of 512 bytes.
  const program = ["sh", "-c", 'ulimit -f 200; exec "$0" "$@"', malt];
  await using server = await start(hello, LOGGED, { ...files, program });
  await fillAndEmpty(server, join(server.root, "access_log"), "EFBIG");
  expect(readFileSync(join(server.root, "error_log"), "utf8")).toMatch(
    /\[core:error\] .*access_log cannot be written \(EFBIG\)[^]*\[core:error\] .*access_log can be written again/,
  );
});

test("a server stops although nobody reads what it writes to the terminal", async () => {
  using home = folder();
  const pipe = join(home.path, "pipe");
  expect(Bun.spawnSync(["mkfifo", pipe]).exitCode).toBe(0);
  // Opened for both, it needs no reader.
  const program = ["sh", "-c", `exec "$0" "$@" 2<>${pipe}`, malt];
  await using server = await start(app("printing.py"), [], { program, until: "banner" });
  // More than the 64 KiB of a pipe.
  for (let round = 0; round < 5; round += 1) expect(await server.text("/long")).toBe("ok");
  expect(await server.stop()).toBe(0);
});

for (const [what, streams] of [
  ["standard output is a full disk", ">/dev/full"],
  ["standard error is a full disk", "2>/dev/full"],
  ["both streams are a full disk", ">/dev/full 2>&1"],
] as const) {
  test(`a server starts and serves although ${what}, and its access log is one, too`, async () => {
    using home = folder();
    const socket = join(home.path, "site.sock");
    // The banner is lost, so the test makes one for itself.
    const url = `Server URL         : http+unix://${encodeURIComponent(socket)}/`;
    const program = ["sh", "-c", `echo '${url}'; exec "$0" "$@" ${streams}`, malt];
    // A warning of the start, and the complaint about the log, are for standard error.
    const warned = "--coverage-directory=none";
    const logs = ["--access-log", "--access-log-name=/dev/full", `--host=unix:${socket}`, warned];
    await using server = await start(hello, logs, { ...files, program, until: "banner" });
    await until("the server to listen", () => server.text("/").catch(() => null));
    for (let round = 0; round < 3; round += 1) expect(await server.text("/")).toBe("Hello, World!\n");
    const log = () => readFileSync(join(server.root, "error_log"), "utf8");
    await until("the complaint", () => log().includes("/dev/full cannot be written (ENOSPC)"));
    expect(await server.text("/")).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
  });
}

test("a full disk is told of once, requests go on, and so does the log when there is room", async () => {
  using home = folder();
  const logs = join(home.path, "logs");
  mkdirSync(logs);
  if (Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=128k", "malt-test", logs]).exitCode !== 0) {
    console.error("skipped: a small file system cannot be mounted here, so there is no full disk");
    return;
  }
  try {
    await using server = await start(hello, [...LOGGED, `--log-directory=${logs}`], files);
    await fillAndEmpty(server, join(logs, "access_log"), "ENOSPC");
  } finally {
    Bun.spawnSync(["umount", logs]);
  }
});
