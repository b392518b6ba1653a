/** Making a server root without starting a server. */

import { expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { setUp } from "./controlled.ts";
import { refusal } from "./inside.ts";

const hello = app("hello.py");
const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8);

test("--setup-only: everything is in the server root, nothing runs, and the banner says what to run and to edit", async () => {
  using home = folder();
  const root = join(home.path, "root");
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const words = ["app.py", "--setup-only", "--port=8765", `--server-root=${root}`, `--python=${python.path}`, ...user];
  writeFileSync(join(home.path, "app.py"), "");
  const { code, out, err } = await run([malt, "start-server", ...words, "--locale=C.UTF-8"], { cwd: home.path });
  expect({ code, err }).toEqual({
    code: 0,
    err: `malt: nothing was started; this starts the server: ${root}/apachectl start\n`,
  });
  expect(out.trimEnd().split("\n")).toEqual([
    "Server URL         : http://localhost:8765/",
    `Server Root        : ${root}`,
    `Server Conf        : ${root}/express.json`,
    `Error Log File     : ${root}/error_log (warn)`,
    `Rewrite Rules      : ${root}/rewrite.conf`,
    `Environ Variables  : ${root}/envvars`,
    `Control Script     : ${root}/apachectl`,
    "Operating Mode     : daemon",
    "Request Capacity   : 5 (1 process * 5 threads)",
    "Request Timeout    : 60 (seconds)",
    "Startup Timeout    : 15 (seconds)",
    "Queue Backlog      : 100 (connections)",
    "Queue Timeout      : 45 (seconds)",
    "Server Capacity    : 20 (event/worker), 20 (prefork)",
    "Server Backlog     : 500 (connections)",
    "Locale Setting     : C.UTF-8",
  ]);
  const files = ["apachectl", "envvars", "express.json", "htdocs", "python-eggs", "rewrite.conf", "worker"];
  expect(readdirSync(root).toSorted()).toEqual(files);
  const modes = files.slice(0, 6).map((name) => modeOf(root, name));
  expect(modes).toEqual(["755", "600", "600", "755", "755", "644"]);
  expect([statSync(join(root, "envvars")).size, statSync(join(root, "rewrite.conf")).size]).toEqual([0, 0]);
});

test("the second line of the control script is the command line as typed, and can be nothing else than a comment", async () => {
  await using server = await setUp(null, ["it's.py", "--setenv", "A", "line\nexit 7", "--setenv", "B", "$HOME"]);
  const [first, second] = readFileSync(join(server.root, "apachectl"), "utf8").split("\n");
  expect(first).toMatch(/^#!\/.*sh$/);
  expect(second).toStartWith("# ['malt', 'setup-server', ");
  expect(second).toContain(`, "it's.py", '--setenv', 'A', 'line\\nexit 7', '--setenv', 'B', '$HOME']`);
  expect((await server.control(["status"])).code).toBe(3);
});

test("setup-server keeps what the operator wrote into envvars and rewrite.conf, and start-server too", async () => {
  using home = folder();
  const root = join(home.path, "root");
  mkdirSync(root);
  for (const name of ["envvars", "rewrite.conf"]) writeFileSync(join(root, name), "# mine\n");
  await using _ = await start(hello, [`--server-root=${root}`]);
  for (const name of ["envvars", "rewrite.conf"]) expect(readFileSync(join(root, name), "utf8")).toBe("# mine\n");
});

test("setup-server needs no free port, and a server that runs from the same root goes on", async () => {
  await using server = await start(hello, [], { without: ["--log-to-terminal"] });
  const user = python.user === null ? [] : [`--user=${python.user}`];
  const words = [`--port=${server.port}`, `--server-root=${server.root}`, `--python=${python.path}`, ...user];
  const { code, out } = await run([malt, "setup-server", ...words]);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`:${server.port}/\n`) });
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("setup-server refuses what start-server would refuse, and makes nothing", async () => {
  using home = folder();
  for (const words of [["--port=x"], [`--document-root=${home.path}/no/such`], ["--user=no-such-user"]]) {
    const root = join(home.path, "root");
    const { code, out } = await run([malt, "setup-server", `--server-root=${root}`, ...words]);
    expect({ words, code, out }).toEqual({ words, code: expect.any(Number), out: "" });
    expect(code).not.toBe(0);
    expect(existsSync(root)).toBeFalse();
  }
});

test("--shell-executable: it runs the control script, and its name may be looked for on the PATH", async () => {
  for (const given of ["/bin/sh", "sh"]) {
    await using server = await setUp(hello, [`--shell-executable=${given}`]);
    const [first = ""] = readFileSync(join(server.root, "apachectl"), "utf8").split("\n");
    expect(first).toMatch(given === "sh" ? /^#!\/.*\/sh$/ : /^#!\/bin\/sh$/);
    expect((await server.control(["configtest"])).err).toBe("Syntax OK\n");
  }
});

test("--shell-executable: one that is missing is refused", async () => {
  for (const shell of ["/no/such/sh", "no-such-sh"]) {
    const { code, err } = await refusal([`--shell-executable=${shell}`]);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`there is no shell ${shell} that can be run\n  --shell-executable  ${shell}\n`),
    });
  }
});
