/** Scripts as streams and as processes: pace, ends, limits. */

import { expect } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { usageOf } from "../../../lib/os/proc.ts";
import { scripts, startWith } from "./scripts.ts";

const PLAIN = 'printf "Content-Type: text/plain\\n\\n"';
const MEGABYTE = 1024 * 1024;

test("--with-cgi: request and response stream, piece by piece", async () => {
  using root = scripts({ "echo.cgi": `${PLAIN}; while read -r line; do echo "<$line>"; done` });
  await using server = await startWith(root);
  using client = await server.connect();
  // "100 Continue" is sent once a script is there to read.
  client.send("POST /echo.cgi HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n");
  await client.read(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
  client.send("one\n");
  await client.read(/<one>/);
  client.send("two\n");
  await client.read(/<two>\r?\n.*0\r\n\r\n$/s);
});

function chunked(bytes: number): string {
  return (
    "POST /a.cgi HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" +
    `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n0\r\n\r\n`
  );
}

test("--with-cgi: a small chunked body has a length by the time the script is told, a large one needs --chunked-request", async () => {
  using root = scripts({ "a.cgi": `${PLAIN}; echo "$CONTENT_LENGTH $HTTP_TRANSFER_ENCODING"; wc -c` });
  await using careful = await startWith(root);
  expect(await careful.raw(chunked(5))).toContain("\r\n5 \n");
  // More than a single read of the server can bring.
  expect(await careful.raw(chunked(2_000_000))).toStartWith("HTTP/1.1 411 ");
  await using willing = await startWith(root, ["--chunked-request"]);
  expect(await willing.raw(chunked(2_000_000))).toMatch(/ chunked\n(?:\r\n8\r\n)?2000000\n/);
});

test("--with-cgi: neither side of a transfer is kept in memory when the other one waits", async () => {
  using root = scripts({
    "many.cgi": `${PLAIN}; head -c 60000000 /dev/zero`,
    "count.cgi": `sleep 0.5; ${PLAIN}; wc -c`,
    "deaf.cgi": `${PLAIN}; exec <&-; echo deaf`,
  });
  await using server = await startWith(root, ["--limit-request-body=30000000"]);
  const [frontEnd = 0] = server.processes().frontEnds;
  const memory = (): number => usageOf(frontEnd)?.rssBytes ?? 0;
  const before = memory();

  using client = await server.connect();
  client.send("GET /many.cgi HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.read(/\r\n\r\n/);
  const sent = await server.get("/many.cgi");
  let bytes = 0;
  for await (const piece of sent.body as ReadableStream<Uint8Array>) bytes += piece.length;
  expect(bytes).toBe(60_000_000);
  expect(await server.text("/count.cgi", { method: "POST", body: Buffer.alloc(20_000_000) })).toBe("20000000\n");
  expect(await server.text("/deaf.cgi", { method: "POST", body: "x" })).toBe("deaf\n");
  expect(memory() - before).toBeLessThan(40 * MEGABYTE);
});

test("--with-cgi: when the client goes, the script is told to end with all it has started, and then made to", async () => {
  using notes = folder();
  chmodSync(notes.path, 0o777);
  using root = scripts({
    "stubborn.cgi": `trap "echo term >> ${notes.path}/trapped" TERM; sleep 300 & echo $$ $! > ${notes.path}/pids; ${PLAIN}; echo begun; while :; do wait; done`,
  });
  await using server = await startWith(root);
  using client = await server.connect();
  client.send("GET /stubborn.cgi HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.read(/begun/);
  const pids = readFileSync(join(notes.path, "pids"), "utf8").trim().split(" ").map(Number);
  client.reset();
  await until("the script to be told", () => existsSync(join(notes.path, "trapped")));
  await until("the script and its child to be gone", () => pids.every((pid) => usageOf(pid) === undefined));
});

test("--with-cgi: a script that says nothing for --socket-timeout is 504, one that stops in the middle is cut", async () => {
  using root = scripts({ "silent.cgi": "sleep 300", "stops.cgi": `${PLAIN}; echo begun; sleep 300` });
  await using server = await startWith(root, ["--socket-timeout=1"]);
  using client = await server.connect();
  client.send("GET /stops.cgi HTTP/1.1\r\nHost: x\r\n\r\n");
  expect((await server.get("/silent.cgi")).status).toBe(504);
  expect(await client.readToEnd()).not.toContain("\r\n0\r\n");
  await server.waitForLog(/sent nothing for longer than --socket-timeout: the response was cut/);
});

test("--with-cgi: as many scripts run at once as --max-clients says, the others wait for --queue-timeout", async () => {
  using notes = folder();
  chmodSync(notes.path, 0o777);
  using root = scripts({
    "gate.cgi": `echo x >> ${notes.path}/running; while [ ! -e ${notes.path}/open ]; do sleep 0.05; done; ${PLAIN}; echo done`,
    "hello.cgi": `${PLAIN}; echo hello`,
  });
  await using server = await startWith(root, ["--max-clients=10", "--threads=1", "--queue-timeout=1"]);
  const running = join(notes.path, "running");
  const gates = Array.from({ length: 10 }, () => server.text("/gate.cgi"));
  await until("ten scripts to run", () => existsSync(running) && readFileSync(running, "utf8") === "x\n".repeat(10));
  const late = await server.get("/hello.cgi");
  expect(late.status).toBe(504);
  const waiting = server.text("/hello.cgi");
  writeFileSync(join(notes.path, "open"), "");
  expect(await Promise.all([...gates, waiting])).toEqual([...Array<string>(10).fill("done\n"), "hello\n"]);
});

test("--with-cgi: a front end has no descriptor and no process left of scripts that are done", async () => {
  using root = scripts({ "a.cgi": `${PLAIN}; cat; echo oops >&2`, "bad.cgi": "echo nothing" });
  await using server = await startWith(root);
  const [frontEnd = 0] = server.processes().frontEnds;
  const pipes = (): number => openPipes(frontEnd);
  const before = pipes();
  for (let round = 0; round < 10; round++) {
    expect(await server.text("/a.cgi", { method: "POST", body: "x" })).toBe("x");
    expect((await server.get("/bad.cgi")).status).toBe(500);
  }
  await until("their pipes to be closed", () => pipes() <= before);
});

function openPipes(pid: number): number {
  const { stdout } = Bun.spawnSync(["ls", "-l", `/proc/${pid}/fd`]);
  return stdout
    .toString()
    .split("\n")
    .filter((line) => line.includes("pipe:")).length;
}
