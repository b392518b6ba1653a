/** Python scripts that run next to the application. */

import { expect } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { readable } from "../../harness/folders.ts";
import { processes } from "../../harness/processes.ts";
import { python, pythons } from "../../harness/pythons.ts";
import { start, type Options, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { here, isRoot, refusal } from "./inside.ts";

const hello = app("hello.py");
const script = await readable(here("serving.py"));

interface Seen {
  readonly pid: number;
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  readonly path: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly [what: string]: unknown;
}

/** What each run of a service told of itself, in order. */
function seenIn(log: string): Seen[] {
  return [...log.matchAll(/ seen (\{.*\})$/gm)].map(([, text = ""]) => JSON.parse(text) as Seen);
}

/** A server with the service `tick`, which does as `what` says. */
function serve(what: string, args: readonly string[] = [], options: Options = {}): Promise<Server> {
  const words = ["--service-script", "tick", script, "--log-level=info", ...args];
  return start(hello, words, { until: "banner", env: { MALT_TEST_SERVICE: what }, ...options });
}

const isAlive = (pid: number): boolean => processes().some((process) => process.pid === pid);

test("--service-script: it runs in a process of its own, as the original has it", async () => {
  await using server = await serve("wait", ["--python-path=/opt", "--maximum-requests=1"]);
  await server.waitForLog(/ waiting$/m);
  const [seen] = seenIn(server.log());
  expect(seen).toMatchObject({
    name: expect.stringMatching(/^_mod_wsgi_[0-9a-f]{32}$/),
    registered: true,
    group: "service:tick",
    processes: 1,
    threads: 0,
    metrics: expect.arrayContaining(["pid", "memory_rss"]),
    requests: 0,
    active: 0,
    argv: ["mod_wsgi"],
    main: true,
    sigint: true,
    variables: expect.objectContaining({ MOD_WSGI_SERVER_ROOT: server.root, PYTHON_EGG_CACHE: expect.any(String) }),
  });
  expect(seen?.path.slice(0, 2)).toEqual([String(seen?.["cwd"]), "/opt"]);
  const own = processes().find(({ pid }) => pid === seen?.pid);
  expect(own).toMatchObject({ ppid: server.pid });
  expect(own?.words.filter((word) => word !== "")).toEqual(["(wsgi:service:tick)"]);
  for (let count = 0; count < 3; count += 1) expect(await server.text("/")).toBe("Hello, World!\n");
  expect(isAlive(seen?.pid ?? 0)).toBeTrue();
  expect(server.log()).toMatch(/Starting process 'service:tick' with uid=\d+, gid=\d+ and threads=0\.$/m);
  expect(server.log()).toMatch(/Loading Python script file '.*serving\.py'\.$/m);
});

for (const each of pythons) {
  test(`--service-script: it runs and stops in order under Python ${each.version}`, async () => {
    await using server = await serve("wait", [], { python: each });
    await server.waitForLog(/ waiting$/m);
    const own = processes().find(({ pid }) => pid === seenIn(server.log())[0]?.pid);
    expect(own?.words.filter((word) => word !== "")).toEqual(["(wsgi:service:tick)"]);
    expect(await server.stop()).toBe(0);
    expect(server.log()).toMatch(/ finally$/m);
    expect(server.log()).toMatch(/Process 'service:tick' ended: exit code 0\.$/m);
  });
}

test("--service-script: when the server stops, so does it, with its finally clauses run", async () => {
  await using server = await serve("wait");
  await server.waitForLog(/ waiting$/m);
  expect(await server.stop()).toBe(0);
  expect(server.log()).toMatch(/ finally\n[^]* told of process_stopping$/m);
});

test("--service-script: it may handle SIGTERM itself", async () => {
  await using server = await serve("handle");
  await server.waitForLog(/ waiting$/m);
  expect(await server.stop()).toBe(0);
  expect(server.log()).toMatch(/ own handler$/m);
});

test("--service-script: one that does not stop is killed after --shutdown-timeout", async () => {
  await using server = await serve("stubborn", ["--shutdown-timeout=1"]);
  await server.waitForLog(/ waiting$/m);
  const [seen] = seenIn(server.log());
  expect(await server.stop()).toBe(0);
  expect(isAlive(seen?.pid ?? 0)).toBeFalse();
});

test("--service-script: one that is done is started again a second later, for ever", async () => {
  await using server = await serve("return");
  await until("three runs", () => seenIn(server.log()).length >= 3);
  expect(new Set(seenIn(server.log()).map(({ pid }) => pid)).size).toBeGreaterThanOrEqual(3);
  expect(server.log()).toContain("Process 'service:tick' has died, deregister and restart it.");
  expect(server.log()).not.toContain("died unexpectedly");
});

test("--service-script: a thread that it leaves behind keeps it alive until it ends", async () => {
  await using server = await serve("thread");
  await server.waitForLog(/ thread done$/m);
  expect(seenIn(server.log())).toHaveLength(1);
  await until("another run", () => seenIn(server.log()).length === 2);
});

test("--service-script: an exception is logged with its traceback, and each next try waits longer", async () => {
  await using server = await serve("raise");
  await server.waitForLog(/it is started again in 2 s\.$/m);
  const log = server.log();
  expect(log).toMatch(/Exception occurred processing WSGI script '.*serving\.py'\.$/m);
  expect(log).toMatch(/ RuntimeError: broken on purpose$/m);
  expect(log).toMatch(/Process 'service:tick' died unexpectedly: exit code 1.*; it is started again in 1 s\.$/m);
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--service-script: sys.exit ends it with that status", async () => {
  await using server = await serve("exit");
  await server.waitForLog(/Process 'service:tick' died unexpectedly: exit code 5/);
});

test("--service-script: one that is killed is started again, and the application does not notice", async () => {
  await using server = await serve("wait");
  await server.waitForLog(/ waiting$/m);
  const [first] = seenIn(server.log());
  process.kill(first?.pid ?? 0, "SIGKILL");
  await until("another run", () => seenIn(server.log()).length === 2);
  expect(server.log()).toContain("died unexpectedly: killed by signal 9 (SIGKILL)");
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--service-script: a restart of the server is one of its services, at once and without a complaint", async () => {
  for (const signal of ["SIGHUP", "SIGUSR1"] as const) {
    await using server = await serve("wait");
    await server.waitForLog(/ waiting$/m);
    process.kill(server.pid, signal);
    await until("another run", () => seenIn(server.log()).length === 2);
    const [first, second] = seenIn(server.log());
    expect(second?.pid).not.toBe(first?.pid);
    await until("the first to be gone", () => !isAlive(first?.pid ?? 0));
    expect(server.log()).toMatch(/ finally$/m);
    expect(server.log()).not.toContain("died unexpectedly");
  }
});

test("--service-script: it does not outlive a supervisor that was killed", async () => {
  for (const what of ["wait", "stubborn"]) {
    await using server = await serve(what);
    await server.waitForLog(/ waiting$/m);
    const [seen] = seenIn(server.log());
    process.kill(server.pid, "SIGKILL");
    await until("the service to be gone", () => !isAlive(seen?.pid ?? 0));
  }
});

test("--service-script: a missing script is told at the start and tried again, a name is given only once", async () => {
  await using server = await start(hello, ["--service-script", "gone", "/no/such.py"], { until: "banner" });
  expect(server.log()).toContain("malt: warning: --service-script gone /no/such.py: there is no such file;");
  await server.waitForLog(/Process 'service:gone' died unexpectedly: .*it is started again in 2 s/);
  const { code, err } = await refusal(["--service-script", "a", script, "--service-script", "a", script]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("there are two services a\n") });
  expect((await refusal(["--service-script", "a b", script])).code).toBe(2);
});

test("--service-script: several run side by side, also next to a site of files only", async () => {
  const words = ["--application-type=static", "--service-script", "one", script, "--service-script", "two", script];
  await using server = await start(null, words, { until: "banner" });
  await until("both", () => seenIn(server.log()).length === 2);
  expect(
    seenIn(server.log())
      .map(({ group }) => group)
      .toSorted(),
  ).toEqual(["service:one", "service:two"]);
});

test("--service-log-file: what the service says is there, below the log directory, and not in the error log", async () => {
  for (const name of ["tick.log", "/tick.log"]) {
    await using server = await serve("wait", ["--service-log-file", "tick", name]);
    const file = join(server.root, "tick.log");
    await until("the log", () => existsSync(file) && readFileSync(file, "utf8").includes(" waiting\n"));
    expect(readFileSync(file, "utf8")).toMatch(/\[wsgi:error\] \[pid \d+:tid \d+\] waiting$/m);
    expect(server.log()).not.toMatch(/ waiting$/m);
    expect(server.log()).toContain("Starting process 'service:tick'");
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(await server.stop()).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(/ finally$/m);
  }
});

test("--service-log-file: it is of a service that there is, and the name of a file", async () => {
  await using server = await serve("wait", ["--service-log-file", "tock", "x.log"]);
  expect(server.log()).toContain("malt: warning: --service-log-file tock: there is no --service-script of that name\n");
  expect((await refusal(["--service-log-file", "a", "x/"])).code).toBe(2);
});

if (isRoot && python.user === "nobody") {
  test("--service-user: the service is that user in every id, with its groups and home, and the application is not", async () => {
    await using server = await serve("wait", ["--service-user", "tick", "daemon", "--service-group", "tick", "daemon"]);
    await server.waitForLog(/ waiting$/m);
    const [seen] = seenIn(server.log());
    expect(seen).toMatchObject({ uids: [1, 1, 1], gids: [1, 1, 1], groups: [1] });
    expect(seen?.variables).toMatchObject({ USER: "daemon", LOGNAME: "daemon", MOD_WSGI_USER: "nobody" });
    expect(server.log()).toContain("Starting process 'service:tick' with uid=1, gid=1 and threads=0.");
  });

  test("--service-group: each of user and group is the server's unless it is given", async () => {
    for (const [args, uid, gid] of [
      [[], 65534, 65534],
      [["--service-user", "tick", "#1"], 1, 65534],
      [["--service-group", "tick", "#1"], 65534, 1],
    ] as const) {
      await using server = await serve("wait", args);
      await server.waitForLog(/ waiting$/m);
      expect(seenIn(server.log())[0]).toMatchObject({ uids: [uid, uid, uid], gids: [gid, gid, gid] });
    }
  });

  test("--service-user: root is possible, with a warning", async () => {
    await using server = await serve("wait", ["--service-user", "tick", "root", "--service-group", "tick", "root"]);
    await server.waitForLog(/ waiting$/m);
    expect(seenIn(server.log())[0]).toMatchObject({ uids: [0, 0, 0] });
    expect(server.log()).toContain("malt: warning: --service-user tick root: the service runs as root");
  });
} else {
  console.warn("NOT TESTED: --service-user and --service-group as root");
}

test("--service-user: a name that nobody has is refused, and so is such a group", async () => {
  for (const option of ["--service-user", "--service-group"]) {
    const { code, err } = await refusal(["--service-script", "a", script, option, "a", "no-such-name"]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`  ${option} a  no-such-name\n`) });
  }
});
