/** The supervisor with real processes and signals; front ends and workers are stand-ins that tell what they see. */

import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { statOf } from "../../lib/os/proc.ts";
import { folder } from "../harness/folders.ts";
import { until } from "../harness/until.ts";
import { alive, runToEnd, start } from "./server.ts";

// Starting and stopping real processes on a loaded machine takes longer than the five seconds that bun allows.
setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} stops the server with exit code 0 and leaves neither processes nor files`, async () => {
    await using server = await start({ workers: { processes: 2 } });
    await server.heardUp(2);
    const { frontEnds, workers } = server.processes();
    expect([frontEnds.length, workers.length]).toEqual([1, 2]);
    expect(readFileSync(join(server.root, "httpd.pid"), "utf8")).toBe(`${server.pid}\n`);

    process.kill(server.pid, signal);
    expect(await server.exited).toBe(0);
    expect(alive([...frontEnds, ...workers])).toEqual([]);
    expect(readdirSync(server.root).toSorted()).toEqual([
      "access_log",
      "apachectl",
      "envvars",
      "error_log",
      "express.json",
      "htdocs",
      "python-eggs",
      "rewrite.conf",
      "worker",
    ]);
    expect(server.log()).toContain(`AH00491: caught ${signal}, shutting down`);
    expect(server.err()).toBe("");
  });
}

test("the banner is all that standard output gets", async () => {
  await using server = await start({ logs: { level: "warn" } });
  await server.heardUp(1);
  process.kill(server.pid, "SIGTERM");
  await server.exited;
  expect(server.out().split("\n")).toHaveLength(15);
});

test("a request in progress is finished before the server stops, and nothing new is accepted", async () => {
  await using server = await start();
  await server.heardUp(1);
  const holding = Promise.withResolvers<Bun.Socket>();
  const client = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: { data: (socket) => holding.resolve(socket) },
  });
  client.write("hold\n");
  await holding.promise;
  process.kill(server.pid, "SIGTERM");
  await until(
    "the port to be closed",
    async () =>
      await server.report().then(
        () => false,
        () => true,
      ),
  );
  expect(server.processes().workers).toHaveLength(1);
  client.end();
  expect(await server.exited).toBe(0);
});

test("--shutdown-timeout bounds the wait for requests in progress", async () => {
  await using server = await start({ timeouts: { shutdownMs: 300 } });
  await server.heardUp(1);
  expect(await server.ask("hold")).toBe("held\n");
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
});

test("--shutdown-timeout bounds the wait for a worker that ignores SIGTERM", async () => {
  await using server = await start({ application: { entryPoint: "stubborn" }, timeouts: { shutdownMs: 300 } });
  await server.heardUp(1);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
  expect(server.log()).toContain("Aborting process 'localhost:8000'.");
});

test("a second signal ends at once what would take for ever", async () => {
  await using server = await start({ application: { entryPoint: "stubborn" }, timeouts: { shutdownMs: 0 } });
  await server.heardUp(1);
  expect(await server.ask("hold")).toBe("held\n");
  process.kill(server.pid, "SIGTERM");
  await until("the stop to begin", () => server.log().includes("shutting down"));
  expect(alive([server.pid])).toEqual([server.pid]);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
});

test("SIGWINCH and SIGPIPE do nothing", async () => {
  await using server = await start({ logs: { level: "warn" } });
  await server.heardUp(1);
  const before = server.processes();
  for (const signal of ["SIGWINCH", "SIGPIPE"] as const) process.kill(server.pid, signal);
  await server.report();
  expect(server.processes()).toEqual(before);
});

for (const [signal, notice] of [
  ["SIGHUP", "AH00494: SIGHUP received.  Attempting to restart"],
  ["SIGUSR1", "AH00493: SIGUSR1 received.  Doing graceful restart"],
] as const) {
  test(`${signal} replaces every front end and worker, and then says what the original says`, async () => {
    await using server = await start({ logs: { level: "warn" }, workers: { processes: 2 }, frontEnds: { count: 2 } });
    await server.heardUp(2);
    const before = server.processes();
    process.kill(server.pid, signal);
    const [, rest = ""] = await until("the second start", () => {
      const parts = server.log().split(notice);
      return parts[1]?.includes("resuming normal operations") ? parts : undefined;
    });
    expect(rest.match(/AH00489: /g)).toHaveLength(1);
    expect(alive([...before.frontEnds, ...before.workers])).toEqual([]);
    const { frontEnds, workers } = server.processes();
    expect([frontEnds.length, workers.length]).toEqual([2, 2]);
  });
}

test("a restart that is asked for during another follows it", async () => {
  await using server = await start({ logs: { level: "warn" } });
  await server.heardUp(1);
  process.kill(server.pid, "SIGHUP");
  await until("the first restart", () => server.log().includes("AH00494"));
  process.kill(server.pid, "SIGHUP");
  await until("two restarts", () => server.log().match(/resuming normal operations/g)?.length === 3);
});

test("a worker that is killed is replaced; front ends and the log hear why", async () => {
  await using server = await start();
  await server.heardUp(1);
  const [victim = 0] = server.processes().workers;
  process.kill(victim, "SIGKILL");
  const { heard } = await server.heardUp(2);
  expect(heard.map(({ kind }) => kind)).toEqual(["worker-up", "worker-down", "worker-up"]);
  expect(heard[1]).toEqual({ kind: "worker-down", id: 1, why: "killed by signal 9 (SIGKILL)", overdueMs: null });
  expect(alive([victim])).toEqual([]);
  const records = server
    .log()
    .split("\n")
    .filter((line) => line.includes(":error]") && line.includes(`pid=${victim}`));
  expect(records).toHaveLength(1);
  expect(records[0]).toContain("died unexpectedly: killed by signal 9 (SIGKILL)");
  expect(records[0]).toContain("it is replaced now");
});

test("a worker that asks to be replaced serves until another is ready, is drained, and stops with its reason", async () => {
  await using server = await start({ application: { entryPoint: "asks" } });
  await server.heardUp(1);
  const [old = 0] = server.processes().workers;
  await until("the old worker to go", () => alive([old]).length === 0);
  // The front end hears of it a moment later.
  const { heard } = await until("the front end to hear of it", async () => {
    const report = await server.report();
    return report.heard.some(({ kind }) => kind === "worker-down") ? report : undefined;
  });
  expect(heard.map(({ kind }) => kind)).toEqual(["worker-up", "worker-up", "worker-drain", "worker-down"]);
  expect(heard[3]).toEqual({ kind: "worker-down", id: 1, why: "the test wants it", overdueMs: null });
  expect(server.log()).toContain("told to stop: script_reload");
  expect(server.log()).not.toContain("died unexpectedly");
});

test("a worker that leaves is drained and stopped at once, and another takes its place", async () => {
  await using server = await start({ application: { entryPoint: "leaves" } });
  const { heard } = await server.heardUp(2);
  expect(heard.slice(0, 2).map(({ kind }) => kind)).toEqual(["worker-up", "worker-drain"]);
  expect(server.log()).toContain("told to stop: script_reload");
  expect(server.processes().workers).toHaveLength(1);
});

test("a worker that doesn't hear the word gets the signal", async () => {
  await using server = await start({ application: { entryPoint: "deaf" } });
  await server.heardUp(1);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
  expect(server.log()).toContain("asked to stop");
  expect(server.log()).not.toContain("Aborting");
});

test("a front end that is killed is replaced on the same port and hears of all ready workers", async () => {
  await using server = await start({ workers: { processes: 2 } });
  const before = await server.heardUp(2);
  process.kill(before.pid, "SIGKILL");
  const now = await until("another front end", async () => {
    const report = await server.report().catch(() => before);
    return report.pid === before.pid || report.heard.length < 2 ? undefined : report;
  });
  expect(now.heard.map((message) => JSON.stringify(message)).toSorted()).toEqual(
    before.heard.map((message) => JSON.stringify(message)).toSorted(),
  );
  expect(server.log()).toContain(`front end (pid ${before.pid}) died unexpectedly: killed by signal 9 (SIGKILL)`);
});

test("connections made while there is no front end wait for the next one", async () => {
  await using server = await start();
  const { pid } = await server.heardUp(1);
  // Stopped, it can't accept any more: the connection stays in the queue of the listener that the supervisor holds.
  process.kill(pid, "SIGSTOP");
  await until("the front end to stand still", () => statOf(pid)?.state === "T");
  const waiting = server.report();
  process.kill(pid, "SIGKILL");
  expect((await waiting).pid).not.toBe(pid);
});

test("a worker that dies at once is started again and again, ever more rarely, with what it said on stderr", async () => {
  await using server = await start({ application: { entryPoint: "broken" } });
  await until("four attempts", () => server.log().includes("it is replaced in 0.8 s"));
  const delays = [...server.log().matchAll(/it is replaced in (\S+) s/g)].map(([, delay]) => delay);
  expect(delays).toEqual(["0.1", "0.2", "0.4", "0.8"]);
  expect(server.log()).toContain("exit code 3; last on stderr: cannot begin");
  expect((await server.report()).heard.some(({ kind }) => kind === "worker-up")).toBe(false);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a worker gets its configuration, a clean environment, a session and no stray descriptors", async () => {
  await using server = await start(
    {
      environ: {
        set: [
          ["GREETING", "grüß"],
          ["SERVER_SOFTWARE", "evil"],
        ],
        pass: ["PASSED", "NOT_SET"],
      },
    },
    { PASSED: "on", BUN_OPTIONS: "", NODE_CHANNEL_FD_OF_NOBODY: "x" },
  );
  await server.heardUp(1);
  const { config, environment, cwd, descriptors, ...state } = server.workerState();
  expect(config.environ).toMatchObject({
    GREETING: "grÃ¼Ã\u009f",
    PASSED: "on",
    SERVER_SOFTWARE: "Malt",
    "mod_wsgi.listener_port": String(server.port),
  });
  expect(config.environ).not.toHaveProperty("NOT_SET");
  expect(server.log()).toContain("[env:warn]");
  expect(environment).toMatchObject({ LC_ALL: "C.UTF-8", MOD_WSGI_HTTP_PORT: String(server.port) });
  expect(Object.keys(environment).filter((name) => /^(BUN_|NODE_CHANNEL)/.test(name))).toEqual([]);
  expect(cwd).toBe(server.folder);
  expect(state.session).toBe(true);
  expect(state["stderr is a pipe"]).toBe(true);
  // stdio, the control socket, the listener, and the folder that lists them.
  expect(descriptors).toHaveLength(6);
});

test("what a worker logs is written line by line under its own pid and tid, raw output too", async () => {
  await using server = await start();
  await server.heardUp(1);
  const [pid] = server.processes().workers;
  const log = await until("both", () =>
    /in two lines/.test(server.log()) && /raw output/.test(server.log()) ? server.log() : "",
  );
  const lines = log.split("\n").map((line) => line.replace(/^\[[^\]]*\] /, ""));
  expect(lines).toContain(`[wsgi:notice] [pid ${pid}:tid 7] [remote 192.0.2.1:5] told`);
  expect(lines).toContain(`[wsgi:notice] [pid ${pid}:tid 7] [remote 192.0.2.1:5] in two lines`);
  expect(lines).toContain(`[wsgi:error] [pid ${pid}:tid ${pid}] raw output`);
});

test("a flood of log messages is written completely and in order", async () => {
  await using server = await start({ application: { entryPoint: "flood" } });
  const log = await until("the end of the flood", () => (server.log().includes("flooded") ? server.log() : ""));
  const numbers = [...log.matchAll(/flood (\d+) x{200}$/gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, number) => number));
});

test("the logs of a front end are written to the last line before the server ends", async () => {
  await using server = await start();
  await server.heardUp(1);
  await server.ask("log 50000");
  process.kill(server.pid, "SIGTERM");
  await server.exited;
  expect(server.accessLog().trimEnd().split("\n")).toEqual(
    Array.from({ length: 50_000 }, (_, line) => `access ${line + 1}`),
  );
  expect(server.log()).toContain("error of the front end\n");
});

test("--log-to-terminal: errors go to stderr, requests to stdout", async () => {
  await using server = await start({ logs: { toTerminal: true } });
  await server.heardUp(1);
  await server.ask("log 1");
  process.kill(server.pid, "SIGTERM");
  await server.exited;
  expect(server.out()).toEndWith("\naccess 1\n");
  expect(server.err()).toContain("error of the front end\n");
  expect(existsSync(join(server.root, "error_log"))).toBe(false);
});

test("a static site has no workers", async () => {
  await using server = await start({ application: { type: "static" } });
  await until("the front end", async () => await server.report().catch(() => undefined));
  expect(server.processes().workers).toEqual([]);
  process.kill(server.pid, "SIGTERM");
  expect(await server.exited).toBe(0);
});

test("a missing --working-directory is said in the log, and the worker runs in /", async () => {
  await using server = await start({ workers: { workingDirectory: "/nowhere/at/all" } });
  await server.heardUp(1);
  expect(server.log()).toContain("--working-directory /nowhere/at/all is not a directory");
  expect(server.workerState().cwd).toBe("/");
});

test("an interpreter that is gone is said in the log, and tried again", async () => {
  await using server = await start({ workers: { python: "/nowhere/python3" } });
  await until("two attempts", () => server.log().includes("replaced in 0.2 s"));
  expect(server.log()).toContain("/nowhere/python3 cannot be started");
});

test("a port in use is a message and exit code 1, and nothing was written", async () => {
  await using server = await start();
  using other = folder();
  const { code, err, out } = await runToEnd({ listeners: { port: server.port } }, other.path);
  expect(code).toBe(1);
  expect(err).toStartWith("malt: port in use: another process listens on port ");
  expect(out).toBe("");
  expect(existsSync(join(other.path, "root"))).toBe(false);
});

test("a second server is kept out of the server root of a running one", async () => {
  await using server = await start();
  const { code, err } = await runToEnd({}, server.folder);
  expect(code).toBe(1);
  expect(err).toContain(`another server (pid ${server.pid}) runs from the server root ${server.root}`);
  expect(readFileSync(join(server.root, "httpd.pid"), "utf8")).toBe(`${server.pid}\n`);
});

test("a server that was killed keeps nobody from starting again in its server root", async () => {
  using home = folder();
  mkdirSync(join(home.path, "root"), { mode: 0o700 });
  const server = { root: join(home.path, "root"), rootIsDefault: true, pidFile: join(home.path, "root", "httpd.pid") };
  {
    await using first = await start({ server });
    await first.heardUp(1);
  }
  expect(existsSync(server.pidFile)).toBe(true);
  await using second = await start({ server });
  await second.heardUp(1);
});

test("a missing parent of --server-root, a link or a folder open to others is refused in words", async () => {
  using home = folder();
  const root = join(home.path, "root");
  const missing = await runToEnd({ server: { root: join(home.path, "a/b"), rootIsDefault: false } }, home.path);
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining(`${join(home.path, "a")} does not exist`)]);
  symlinkSync("/tmp", root);
  const link = await runToEnd({}, home.path);
  expect([link.code, link.err]).toEqual([1, expect.stringContaining("is not a directory of its own")]);
  const open = join(home.path, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  const writable = await runToEnd({ server: { root: open, rootIsDefault: true } }, home.path);
  expect([writable.code, writable.err]).toEqual([1, expect.stringContaining("may be written to by others")]);
});

test("a socket path that is too long is refused, and --socket-prefix suggested", async () => {
  using home = folder();
  const socketPrefix = join(home.path, "x".repeat(100));
  mkdirSync(socketPrefix);
  const { code, err } = await runToEnd({ workers: { socketPrefix } }, home.path);
  expect(code).toBe(1);
  expect(err).toContain("--socket-prefix /run");
});

test("sockets are in a folder that only their user can enter, settings are private, logs are not for everyone", async () => {
  await using server = await start();
  await server.heardUp(1);
  const mode = (path: string) => (statSync(join(server.root, path)).mode & 0o777).toString(8);
  expect(mode(".")).toBe("700");
  expect(mode(`wsgi.${server.pid}.u${process.getuid?.()}`)).toBe("700");
  expect(mode("express.json")).toBe("600");
  expect(mode("error_log")).toBe("640");
  expect(mode("worker/__main__.py")).toBe("644");
});

// A Python that everybody may run: those of the user who tests may lie below a closed home.
const publicPython = "/usr/bin/python3";

if (isRoot && existsSync(publicPython)) {
  test("with --user, workers are that user, who may enter the root but change nothing of the program", async () => {
    await using server = await start({
      identity: { user: "nobody", group: "nogroup", uid: 65534, gid: 65534, drop: true },
      workers: { python: publicPython },
    });
    await server.heardUp(1);
    const { ids, environment } = server.workerState();
    expect(ids).toEqual([[65534, 65534, 65534], [65534, 65534, 65534], [65534]]);
    expect(environment).toMatchObject({ USER: "nobody", LOGNAME: "nobody" });
    const owner = (path: string) => statSync(join(server.root, path)).uid;
    expect([owner("."), owner("worker"), owner("python-eggs"), owner(`wsgi.${server.pid}.u65534`)]).toEqual([
      0, 0, 65534, 65534,
    ]);
    expect(statSync(server.root).mode & 0o777).toBe(0o755);
  });
} else {
  console.warn("NOT TESTED: --user, because the tests are not run by root, or there is no /usr/bin/python3");
}
