/** --enable-debugger: pdb at the terminal, on the exceptions that leave the application. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { malt } from "../../harness/binary.ts";
import { readable } from "../../harness/folders.ts";
import { processes } from "../../harness/processes.ts";
import { pythons } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { about, atTerminal, CTRL_C, debugged, errorLog, interrupt } from "./debugged.ts";

const DEBUGGER = ["--enable-debugger"];
const PROMPT = /\(Pdb\) $/;

/** The number of the first line of the application that has `text`. */
function lineOf(text: string): number {
  return (
    readFileSync(debugged, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

for (const python of pythons) {
  test(`--enable-debugger: exceptions of call, iteration and close open a prompt where they were raised (python ${python.version})`, async () => {
    await using server = await atTerminal(DEBUGGER, { python });
    const { variables } = await about(server);
    expect(variables).toMatchObject({ MOD_WSGI_DEBUG_MODE: "true", MOD_WSGI_DEBUGGER_ENABLED: "true" });
    for (const [path, said, raised, status] of [
      ["/call", "ValueError: in the call", "raise ValueError", 500],
      ["/iteration", "KeyError: 'in the iteration'", "raise KeyError", 500],
      ["/close", "LookupError: in close", "raise LookupError", 200],
    ] as const) {
      const response = server.get(path);
      await server.waitForOutput(new RegExp(`^${said}\\r\\n> .*debugged.py\\(${lineOf(raised)}\\)`, "m"));
      await server.waitForOutput(PROMPT);
      server.type("c\n");
      const { status: answered, body } = await response;
      // Its end comes after close().
      await new Response(body).text();
      expect(answered).toBe(status);
    }
    server.type(CTRL_C);
    expect(await server.exited).toBe(0);
  });

  test(`--enable-debugger: Ctrl-C at the prompt is for the debugger, and afterwards for the server (python ${python.version})`, async () => {
    await using server = await atTerminal(DEBUGGER, { python });
    const response = server.get("/call");
    await server.waitForOutput(PROMPT);
    server.type("import time; print('sle' + 'eping'); time.sleep(60)\n");
    await server.waitForOutput(/^sleeping/m);
    await interrupt(server, /\*\*\* KeyboardInterrupt[^]*\(Pdb\) $/);
    await interrupt(server, /--KeyboardInterrupt--\r\n\(Pdb\) $/);
    server.type("p environ['PATH_INFO']\n");
    await server.waitForOutput(/^'\/call'\r\n\(Pdb\) $/m);
    server.type("c\n");
    expect((await response).status).toBe(500);
    server.type(CTRL_C);
    expect(await server.exited).toBe(0);
  });

  test(`--debugger-startup: breakpoints can be set before the first request (python ${python.version})`, async () => {
    await using server = await atTerminal([...DEBUGGER, "--debugger-startup"], { python, until: "banner" });
    await server.waitForOutput(/The application is loaded[^]*\(Pdb\) $/);
    server.type(`b ${await readable(debugged)}:${lineOf("json.dumps")}\n`);
    await server.waitForOutput(/^Breakpoint 1 at .*\r\n\(Pdb\) $/m);
    server.type("c\n");
    await server.ready();
    const response = server.get("/");
    await server.waitForOutput(/-> return \[json[^]*\(Pdb\) $/);
    server.type("p path\n");
    await server.waitForOutput(/^'\/'\r\n\(Pdb\) $/m);
    server.type("c\n");
    expect((await response).status).toBe(200);
  });
}

test("--debugger-startup: who leaves the debugger ends the server", async () => {
  await using server = await atTerminal([...DEBUGGER, "--debugger-startup"], { until: "banner" });
  await server.waitForOutput(PROMPT);
  server.type("q\n");
  expect(await server.exited).toBe(0);
});

test("--debugger-startup: alone it does nothing, which is said", async () => {
  await using server = await atTerminal(["--debug-mode", "--debugger-startup"]);
  expect(server.log()).toContain("--debugger-startup has no effect without --enable-debugger");
});

test("--enable-debugger: what is no exception opens no prompt", async () => {
  await using server = await atTerminal(DEBUGGER);
  expect((await server.get("/exit")).status).toBe(500);
  expect(await (await server.get("/stream")).text()).toBe("one, two");
  expect((await server.get("/file")).headers.get("content-length")).toBe(`${readFileSync(debugged).length}`);
  expect(server.output()).not.toContain("(Pdb)");
});

test("--enable-debugger: a breakpoint of the application's own can be left, and leaves the signals alone", async () => {
  await using server = await atTerminal(DEBUGGER);
  const first = server.get("/break");
  await server.waitForOutput(PROMPT);
  server.type("c\n");
  expect((await first).status).toBe(200);
  const second = server.get("/break");
  await server.waitForOutput(/\(Pdb\) c[^]*\(Pdb\) $/);
  server.type("q\n");
  expect((await second).status).toBe(500);
  const log = await errorLog(server);
  expect(log).toContain("BdbQuit");
  expect(log).not.toContain("Callback registration for signal");
  server.type(CTRL_C);
  expect(await server.exited).toBe(0);
});

test("--enable-debugger: a stop from elsewhere doesn't wait for an open prompt", async () => {
  await using server = await atTerminal([...DEBUGGER, "--shutdown-timeout=1"]);
  const response = server.get("/call").catch(() => undefined);
  await server.waitForOutput(PROMPT);
  expect(await server.stop("SIGTERM")).toBe(0);
  await response;
});

test("--enable-debugger: where nobody can answer, requests go on", async () => {
  await using server = await start(debugged, DEBUGGER);
  expect((await server.get("/call")).status).toBe(500);
  await server.waitForOutput(/^\(Pdb\) /m);
  expect((await server.get("/")).status).toBe(200);
});

test("--enable-debugger: a stop at the prompt leaves the terminal as it was found", async () => {
  const program = ["/bin/sh", "-c", '"$0" "$@"; stty -a', malt];
  await using shell = await atTerminal([...DEBUGGER, "--shutdown-timeout=1"], { program, until: "banner" });
  await shell.waitForOutput(/^Locale Setting/m);
  const response = shell.get("/call").catch(() => undefined);
  await shell.waitForOutput(PROMPT);
  const server = processes().find(({ ppid }) => ppid === shell.pid);
  const { stdout } = Bun.spawnSync(["stty", "-a", "-F", `/proc/${shell.pid}/fd/0`]);
  expect(stdout.toString()).toMatch(/-icanon [^]* -echo /);
  process.kill(server?.pid ?? NaN, "SIGTERM");
  await shell.waitForOutput(/[; ]icanon [^]* echo /);
  await response;
});
