/** What ps shows of the processes of a server, and what is only passed on. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { app } from "../../harness/apps.ts";
import { processes } from "../../harness/processes.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { setUp } from "./controlled.ts";
import { inside, look, refusal } from "./inside.ts";

const hello = app("hello.py");

const lineOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trimEnd();
const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, "latin1").trimEnd();

test("--process-name: it is all that lists of processes show of the server", async () => {
  await using server = await start(hello, ["--process-name=my own site"]);
  expect({ line: lineOf(server.pid), name: nameOf(server.pid) }).toEqual({
    line: "my own site",
    name: "my own site",
  });
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--process-name: a server that starts from its server root has it as well, cut where it does not fit", async () => {
  const name = "long ".repeat(100).trim();
  await using server = await setUp(hello, ["--process-name", name]);
  await server.start();
  const line = lineOf(server.pid());
  expect(line.length).toBeGreaterThan(20);
  expect(name).toStartWith(line);
  expect(nameOf(server.pid())).toBe(name.slice(0, 15).trimEnd());
});

test("--process-name: without it the command line is shown as it was typed", async () => {
  await using server = await start(hello);
  expect(lineOf(server.pid)).toMatch(/malt start-server .*hello\.py/);
});

test("--process-name: one that cannot be shown is refused", async () => {
  for (const name of ["", "a\nb"]) expect((await refusal(["--process-name", name])).code).toBe(2);
});

test("workers are called as in the original, also when the interpreter is started by way of another program", async () => {
  await using server = await start(inside, ["--processes=2", "--host=127.0.0.1"]);
  const { uids } = await look(server);
  const { workers } = server.processes();
  // Named after the port that was asked for.
  expect(workers.map(lineOf)).toEqual([`(wsgi:127.0.0.1:0:${uids[0]})`, `(wsgi:127.0.0.1:0:${uids[0]})`]);
  expect(workers.map(nameOf)).toEqual(["(wsgi:127.0.0.1", "(wsgi:127.0.0.1"]);
  expect(processes().filter(({ ppid }) => ppid === server.pid)).toHaveLength(3);
});

test("--modules-directory: the application hears of it", async () => {
  await using server = await start(inside, ["--modules-directory=modules"]);
  const { variables, cwd } = await look(server);
  expect(variables["MOD_WSGI_MODULES_DIRECTORY"]).toBe(`${cwd}/modules`);
  await using without = await start(inside);
  expect((await look(without)).variables).not.toHaveProperty("MOD_WSGI_MODULES_DIRECTORY");
});
