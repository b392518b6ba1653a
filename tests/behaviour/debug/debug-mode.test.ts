/** --debug-mode: the terminal belongs to the application, and nothing limits or replaces it. */

import { expect } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { processes } from "../../harness/processes.ts";
import { pythons } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { edit, said, sourceSaying } from "../process/sources.ts";
import { about, atTerminal, CTRL_C, debugged, errorLog } from "./debugged.ts";

const DEBUG = ["--debug-mode"];

for (const python of pythons) {
  test(`--debug-mode: one process runs requests in its main thread, at the terminal (python ${python.version})`, async () => {
    await using server = await atTerminal([...DEBUG, "--processes=3", "--threads=4", "--frontends=2"], { python });
    const { frontEnds, workers } = server.processes();
    expect([frontEnds.length, workers.length]).toEqual([1, 1]);
    const { pid, isMainThread, isTerminal, environ } = await about(server);
    expect([pid]).toEqual(workers);
    expect(isMainThread).toBe(true);
    expect(isTerminal).toEqual([true, true, true]);
    expect(environ).toMatchObject({
      "wsgi.multithread": false,
      "wsgi.multiprocess": false,
      "mod_wsgi.process_group": "",
    });
    server.type(CTRL_C);
    expect(await server.exited).toBe(0);
  });
}

test("--debug-mode: the banner says so, and what has no effect is said, too", async () => {
  await using server = await start(debugged, [...DEBUG, "--processes=3", "--request-timeout=1"]);
  await server.waitForOutput(/^Locale Setting/m);
  expect(server.output()).toMatch(/^Operating Mode +: debug$/m);
  expect(server.output()).toMatch(/^Request Capacity +: 1 \(1 process \* 1 threads\)$/m);
  expect(server.output()).not.toMatch(/Timeout|Queue|Output/);
  expect(server.log()).toContain("--processes has no effect in debug mode");
  expect(server.log()).toContain("--request-timeout has no effect in debug mode");
});

test("--debug-mode: the application is told, and finds its working directory first", async () => {
  using home = folder();
  await using server = await start(debugged, DEBUG, { cwd: home.path });
  const { variables, searchPath } = await about(server);
  expect(variables).toMatchObject({ MOD_WSGI_DEBUG_MODE: "true" });
  expect(Object.keys(variables).filter((name) => name.endsWith("_ENABLED"))).toEqual([]);
  expect(searchPath[0]).toBe(home.path);
});

test("--debug-mode: what the application prints and asks stands on the terminal, not in the log", async () => {
  await using server = await atTerminal(DEBUG);
  await server.text("/print");
  await server.waitForOutput(/^to standard output\r\nto standard error\r$/m);
  const asked = about(server, "/ask");
  await server.waitForOutput(/who is there\? $/);
  server.type("me\n");
  expect((await asked).environ["answer"]).toBe("me");
  expect(await errorLog(server)).not.toContain("to standard");
});

test("--debug-mode: without a terminal it works the same", async () => {
  await using server = await start(debugged, DEBUG);
  await server.text("/print");
  await server.waitForOutput(/^to standard output$/m);
  await server.waitForLog(/^to standard error$/m);
  expect(await server.stop("SIGINT")).toBe(0);
});

test("--debug-mode: Ctrl-C ends the server while a request runs, and leaves no pid file", async () => {
  await using server = await atTerminal([...DEBUG, "--shutdown-timeout=1"]);
  const waiting = server.get("/wait").catch(() => undefined);
  await server.waitForOutput(/^waiting/m);
  expect(existsSync(join(server.root, "httpd.pid"))).toBe(true);
  server.type(CTRL_C);
  expect(await server.exited).toBe(0);
  await waiting;
  expect(existsSync(join(server.root, "httpd.pid"))).toBe(false);
});

test("--debug-mode: the server ends with its process, and says why", async () => {
  await using server = await start(debugged, DEBUG);
  const { status } = await server.get("/die");
  expect(status).toBe(502);
  expect(await server.exited).toBe(1);
  expect(server.log()).toContain("died unexpectedly: exit code 3");
  expect(server.log()).toContain("in debug mode the server ends with it");
});

test("--debug-mode: an edit stays unseen, and a graceful restart is refused", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  edit(script, sourceSaying('"old"'));
  await using server = await start(script, [...DEBUG, "--reload-on-changes"]);
  const { pid } = await said(server);
  edit(script, sourceSaying('"new"'));
  process.kill(server.pid, "SIGUSR1");
  await server.waitForLog(/SIGUSR1 does nothing in debug mode/);
  expect(await said(server)).toMatchObject({ text: "old", pid });
});

test("--debug-mode: the server ends when the terminal hangs up", async () => {
  await using server = await atTerminal(DEBUG);
  expect(await server.stop("SIGHUP")).toBe(0);
});

test("--debug-mode: a second Ctrl-C kills what does not end", async () => {
  await using server = await atTerminal(DEBUG);
  const waiting = server.get("/wait").catch(() => undefined);
  await server.waitForOutput(/^waiting/m);
  const { workers } = server.processes();
  server.type(CTRL_C);
  await until("the server to stop", async () => (await errorLog(server)).includes("shutting down"));
  server.type(CTRL_C);
  expect(await server.exited).toBe(0);
  await waiting;
  expect(processes().filter(({ pid }) => workers.includes(pid))).toEqual([]);
});

test("--debug-mode: Ctrl-C ends a server that is still loading, or has no application", async () => {
  using home = folder();
  const script = join(home.path, "slow.wsgi");
  writeFileSync(script, "import time\nprint('loading', flush=True)\ntime.sleep(60)\n");
  await using loading = await start(script, DEBUG, { terminal: true, until: "banner" });
  await loading.waitForOutput(/^loading/m);
  loading.type(CTRL_C);
  expect(await loading.exited).toBe(0);
  await using files = await start(null, ["--application-type=static", ...DEBUG], { terminal: true, until: "banner" });
  await files.waitForOutput(/resuming normal operations/);
  files.type(CTRL_C);
  expect(await files.exited).toBe(0);
});

test("--debug-mode: scripts that decide who is let in run beside it, and a Ctrl-C is not for them", async () => {
  using home = folder();
  const script = join(home.path, "access.py");
  writeFileSync(script, "def allow_access(environ, host):\n    return environ['REQUEST_URI'] != '/secret'\n");
  await using server = await atTerminal([...DEBUG, `--host-access-script=${script}`]);
  expect((await server.get("/secret")).status).toBe(403);
  expect((await about(server)).isTerminal).toEqual([true, true, true]);
  server.type(CTRL_C);
  expect(await server.exited).toBe(0);
});
