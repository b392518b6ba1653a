/** The script in the server root: starting, stopping and asking after a server that was set up before. */

import { expect } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { readable } from "../../harness/folders.ts";
import { processes } from "../../harness/processes.ts";
import { python } from "../../harness/pythons.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { setUp, type Controlled } from "./controlled.ts";
import { inside, isRoot, type Inside } from "./inside.ts";

const hello = app("hello.py");

const isAlive = (pid: number) => processes().some((process) => process.pid === pid);

async function look(url: string): Promise<Inside> {
  return (await (await fetch(url)).json()) as Inside;
}

test("start puts the very server into the background that was set up, whatever folder and environment it is called in", async () => {
  await using server = await setUp(inside, ["--setenv", "A", "it's", "--python-path=lib", "--passenv", "MY_KEY"]);
  const url = await server.start({ MY_KEY: "x", LC_ALL: "de_DE.UTF-8", VIRTUAL_ENV: "/no/such" });
  const { environ, cwd, path, variables, executable } = await look(url);
  expect(environ).toMatchObject({ A: "it's", MY_KEY: "x" });
  expect({ cwd, path: path.slice(0, 2) }).toEqual({ cwd: server.home, path: [server.home, join(server.home, "lib")] });
  expect(variables).toMatchObject({ LC_ALL: "C.UTF-8", LANG: "C.UTF-8", MOD_WSGI_SERVER_ROOT: server.root });
  expect(executable).toBe(python.path);

  const pid = server.pid();
  const own = processes().find((process) => process.pid === pid);
  expect(own).toMatchObject({ group: pid, session: pid });
  expect(await server.control(["status"])).toEqual({ code: 0, out: `the server runs, pid ${pid}\n`, err: "" });
});

test("variables in the words were replaced at the set-up, and are not read again", async () => {
  await using server = await setUp(inside, ["--setenv", "A", "$MALT_TEST_UNSET"]);
  const url = await server.start({ MALT_TEST_UNSET: "late" });
  expect((await look(url)).environ).toMatchObject({ A: "$MALT_TEST_UNSET" });
});

test("start of a server in debug mode stays, since the terminal is what it is for", async () => {
  await using server = await setUp(hello, ["--debug-mode"]);
  const ended = server.control(["start"]);
  await until("the server to run", async () => (await server.control(["status"])).code === 0);
  const own = processes().find(({ pid }) => pid === server.pid());
  expect(own?.session).not.toBe(server.pid());
  await server.control(["stop"]);
  expect(await ended).toMatchObject({ code: 0 });
});

test("start with -DFOREGROUND stays, and ends with the exit status of the server", async () => {
  for (const words of [
    ["start", "-DFOREGROUND"],
    ["start", "-D", "FOREGROUND"],
    ["-DFOREGROUND", "-k", "start"],
  ]) {
    await using server = await setUp(hello);
    const running = server.control(words);
    await until("the server", () => !Number.isNaN(server.pid()));
    await until("its workers", () => processes().filter(({ ppid }) => ppid === server.pid()).length === 2);
    process.kill(server.pid(), "SIGTERM");
    expect((await running).code).toBe(0);
  }
});

test("start of a server that runs already changes nothing and is no failure", async () => {
  await using server = await setUp(hello);
  await server.start();
  const pid = server.pid();
  expect(await server.control(["start"])).toEqual({
    code: 0,
    out: "",
    err: `malt: the server runs already, pid ${pid}\n`,
  });
  expect(server.pid()).toBe(pid);
});

test("start says what keeps the server from starting, and has nothing left in the background", async () => {
  using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  await using server = await setUp(hello, ["--host=127.0.0.1", `--port=${taken.port}`]);
  const { code, out, err } = await server.control(["start"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(new RegExp(`^malt: .*${taken.port}`));
  expect(server.pid()).toBeNaN();
});

test("start looks again for what the settings name: an interpreter that is gone is told", async () => {
  await using server = await setUp(hello, ["--setenv", "HOME_OF", "x"]);
  const link = join(server.home, "python3");
  symlinkSync(python.path, link);
  const words = [await readable(hello), ...again(server), `--python=${link}`];
  const { code } = await run([malt, "setup-server", ...words], { cwd: server.home });
  expect(code).toBe(0);
  expect((await server.control(["configtest"])).err).toBe("Syntax OK\n");
  rmSync(link);
  for (const verb of ["start", "configtest"]) {
    const ended = await server.control([verb]);
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 1, out: "" });
    expect(ended.err).toContain(`there is no program at the path of the Python interpreter\n  --python  ${link}\n`);
  }
});

/** The words of the set-up, for another one. */
function again({ root }: Controlled): string[] {
  return ["--port=0", `--server-root=${root}`, ...(python.user === null ? [] : [`--user=${python.user}`])];
}

test("stop ends the server and everybody in it, and waits for that", async () => {
  await using server = await setUp(hello);
  await server.start();
  const pid = server.pid();
  const all = processes().filter(({ session, ppid }) => session === pid || ppid === pid);
  expect(all.length).toBeGreaterThan(2);
  expect(await server.control(["stop"])).toEqual({ code: 0, out: "", err: "" });
  expect(all.filter((process) => isAlive(process.pid))).toEqual([]);
  expect(server.log()).toContain("AH00491: caught SIGTERM, shutting down");
});

test("stop with nothing to stop says so and is no failure", async () => {
  await using server = await setUp(hello);
  const ended = await server.control(["stop"]);
  expect(ended).toEqual({
    code: 0,
    out: "",
    err: `malt: no server runs from ${server.root}: there is no ${server.root}/httpd.pid\n`,
  });
});

test("a process that has the number in an old pid file now is left alone", async () => {
  await using server = await setUp(hello);
  await using stranger = new AsyncDisposableStack();
  // The folder is open to it in every way but that it is a file in there.
  const sleeper = Bun.spawn(["sleep", "60"], { cwd: server.root });
  stranger.defer(async () => {
    sleeper.kill("SIGKILL");
    await sleeper.exited;
  });
  writeFileSync(join(server.root, "httpd.pid"), `${sleeper.pid}\n`);
  for (const verb of ["stop", "graceful-stop"]) {
    const { code, err } = await server.control([verb]);
    expect({ code, err }).toEqual({
      code: 0,
      err: `malt: no server runs from ${server.root}: the process that ${server.root}/httpd.pid names is not it\n`,
    });
  }
  expect((await server.control(["status"])).code).toBe(3);
  const url = await server.start();
  expect(await (await fetch(url)).text()).toBe("Hello, World!\n");
  expect(server.pid()).not.toBe(sleeper.pid);
  expect(isAlive(sleeper.pid)).toBeTrue();
});

test("restart and graceful signal the server that runs, which goes on under its pid, and start one that doesn't", async () => {
  for (const [verb, signal] of [
    ["restart", "SIGHUP"],
    ["graceful", "SIGUSR1"],
  ] as const) {
    await using server = await setUp(hello);
    expect((await server.control([verb])).code).toBe(0);
    const pid = server.pid();
    expect(isAlive(pid)).toBeTrue();
    expect((await server.control([verb])).code).toBe(0);
    await until(`${signal} to be in the log`, () => server.log().includes(signal));
    expect(server.pid()).toBe(pid);
  }
});

test("a server in the background can be replaced by a new program, and is controlled as before", async () => {
  await using server = await setUp(hello, ["--process-name=mine", "--log-level=info"]);
  const url = await server.start();
  const pid = server.pid();
  process.kill(pid, "SIGUSR2");
  await until("the new program", () => server.log().split("resuming normal operations").length === 3);
  expect(server.pid()).toBe(pid);
  expect(await (await fetch(url)).text()).toBe("Hello, World!\n");
  expect(server.log()).not.toContain("IPC");
  expect(
    processes()
      .find((process) => process.pid === pid)
      ?.words.filter((word) => word !== ""),
  ).toEqual(["mine"]);
  expect((await server.control(["stop"])).code).toBe(0);
  expect(isAlive(pid)).toBeFalse();
});

test("graceful-stop ends the server", async () => {
  await using server = await setUp(hello);
  await server.start();
  const pid = server.pid();
  expect((await server.control(["graceful-stop"])).code).toBe(0);
  await until("the server to end", () => !isAlive(pid));
});

test("without a verb there is help, and what is none is refused", async () => {
  await using server = await setUp(hello);
  const help = await server.control([]);
  expect({ code: help.code, err: help.err }).toEqual({ code: 0, err: "" });
  for (const verb of ["start", "stop", "restart", "graceful", "graceful-stop", "status", "configtest"]) {
    expect(help.out).toMatch(new RegExp(`^    ${verb} `, "m"));
  }
  for (const words of [["launch"], ["start", "now"]]) {
    const { code, out, err } = await server.control(words);
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: expect.stringContaining("is not understood\n") });
  }
});

test("control of a folder that is no server root is refused", async () => {
  await using server = await setUp(hello);
  writeFileSync(join(server.root, "express.json"), "{}");
  const broken = await server.control(["start"]);
  expect({ code: broken.code, err: broken.err }).toEqual({
    code: 1,
    err: `malt: ${server.root}/express.json holds no settings of a server\n  setup-server makes it anew\n`,
  });
  const { code, err } = await run([malt, "control", "/no/such/root", "start"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("/no/such/root is no server root") });
});

test("with --log-to-terminal the logs go on to where start was called, else it lets go of the terminal", async () => {
  await using server = await setUp(hello, ["--log-to-terminal", "--log-level=info"]);
  const running = server.control(["start"]);
  await until("the server", () => !Number.isNaN(server.pid()));
  await until("its workers", () => processes().filter(({ ppid }) => ppid === server.pid()).length === 2);
  await server.control(["stop"]);
  // Its output ended only with the server.
  const { code, err } = await running;
  expect(code).toBe(0);
  expect(err).toContain("AH00491: caught SIGTERM, shutting down");
  expect(existsSync(join(server.root, "error_log"))).toBeFalse();
});

if (isRoot && Bun.which("setpriv") !== null) {
  test("root does not start what another user has set up, and another user not what root has", async () => {
    await using server = await setUp(hello);
    const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const others = await run([...nobody, join(server.root, "apachectl"), "start"]);
    expect({ code: others.code, err: others.err }).toEqual({
      code: 1,
      err: expect.stringContaining("express.json cannot be read (EACCES)\n  act as the user who set it up\n"),
    });

    const theirs = join(server.home, "theirs");
    mkdirSync(theirs);
    chmodSync(theirs, 0o777);
    const program = join(server.home, "malt");
    copyFileSync(malt, program);
    chmodSync(program, 0o755);
    const root = join(theirs, "root");
    const made = await run([...nobody, program, "setup-server", `--server-root=${root}`, `--python=${python.path}`]);
    expect(made.code).toBe(0);
    const { code, err } = await run([join(root, "apachectl"), "start"]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("was set up by user id 65534, not by 0\n") });
    expect(readdirSync(root)).not.toContain("httpd.pid");
  });

  test("MOD_WSGI_USER and WSGI_RUN_USER where the script is called say who runs the application", async () => {
    await using server = await setUp(inside);
    for (const [env, uid] of [
      [{ MOD_WSGI_USER: "daemon" }, 1],
      [{ WSGI_RUN_USER: "daemon", MOD_WSGI_GROUP: "daemon" }, 1],
      [{}, 65534],
    ] as const) {
      const url = await server.start(env);
      expect((await look(url)).uids).toEqual([uid, uid, uid]);
      expect((await server.control(["stop"])).code).toBe(0);
    }
  });
} else {
  console.warn("NOT TESTED: server roots of other users, for want of root or setpriv");
}
