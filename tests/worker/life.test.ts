/** From start to end: readiness, signs of life, stopping, and being left alone. */

import { expect } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToWorker } from "../../lib/channel/frames.ts";
import { TestWorker } from "./client.ts";
import { forEachPython } from "./each-python.ts";

function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "malt-life-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

const slowExit = (note: string): string => `
import atexit, threading

def application(environ, start_response):
    start_response("200 OK", [])
    return [b"ok"]

def leave():
    print("leaving")
    with open(${JSON.stringify(note)}, "a") as file:
        file.write("exit function ran")

atexit.register(leave)
`;

/** As the threads of a worker are described that has run nothing. */
const idleThreads = [1, 2, 3, 4, 5].map((number) => ({
  number,
  served: 0,
  sentBytes: null,
  idleMs: null,
  request: null,
}));

forEachPython(({ python, start, it }) => {
  it("the socket is for this user alone, and replaces one that was left behind", async () => {
    using place = folder();
    const socket = join(place.path, "worker.sock");
    writeFileSync(socket, "stale");
    await using worker = await start({ config: { socket } });
    const { mode } = statSync(socket);
    expect([(mode & 0o777).toString(8), (mode & 0o170000) === 0o140000]).toEqual(["600", true]);
    expect((await worker.message("ready")).python).toMatch(/^cpython 3\.\d+\.\d+$/);
  });

  it("a socket that can't be made is the end, and the log says where and why", async () => {
    await using worker = await TestWorker.launch({ python, config: { socket: `/nowhere/${"x".repeat(200)}` } });
    expect(await worker.exited).toBe(1);
    expect(worker.records().find(({ level }) => level === "emerg")?.text).toContain("can't listen on /nowhere/xxx");
  });

  it("a working directory that can't be entered is / instead, and the log says so", async () => {
    await using worker = await start({ config: { workingDirectory: "/nowhere/at/all" } });
    expect(readlinkSync(`/proc/${worker.pid}/cwd`)).toBe("/");
    expect(worker.log().join()).toContain("Can't enter the working directory");
  });

  it("it gives a sign of life each second, with what it has done and is doing", async () => {
    await using worker = await start();
    const front = await worker.connect();
    for (let count = 0; count < 3; count++) await front.fetch("/");
    const beat = await worker.until("a beat with three requests", () =>
      worker.messages.find((message) => message.kind === "beat" && message.served === 3),
    );
    expect(beat).toMatchObject({ kind: "beat", active: [] });
    if (beat.kind === "beat") expect(Math.min(beat.cpuMs, beat.rssBytes / 1e6)).toBeGreaterThan(1);
  });

  it("beats and stacks come while the application is still loading", async () => {
    using place = folder();
    const gate = join(place.path, "gate");
    const app = join(place.path, "app.py");
    writeFileSync(
      app,
      `import os, time\nprint("here")\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.002)\n`,
    );
    await using worker = await TestWorker.launch({ python, app });
    await worker.logged("here");
    await worker.message("beat");
    worker.send({ kind: "describe", query: 7, stacks: true });
    const description = await worker.message("description");
    expect(description).toMatchObject({ query: 7, threads: idleThreads });
    expect(JSON.stringify(description)).toContain(JSON.stringify(`file "${app}", line `).slice(1, -1));
    expect(worker.messages.some(({ kind }) => kind === "ready")).toBe(false);
    writeFileSync(gate, "");
    await worker.message("ready");
  });

  it("stop, SIGTERM and SIGINT let the running requests finish, run exit functions, and end with 0", async () => {
    for (const how of ["stop", "SIGTERM", "SIGINT"] as const) {
      using place = folder();
      const note = join(place.path, "note");
      const gate = join(place.path, "gate");
      const app = join(place.path, "app.py");
      const slow = readFileSync(join(import.meta.dir, "../apps/slow.py"), "utf8");
      writeFileSync(app, slowExit(note) + slow);
      await using worker = await start({ app });
      const front = await worker.connect();
      const running = front.ask(gate);
      await worker.logged("waiting");
      if (how === "stop") worker.send({ kind: "stop", reason: "shutdown_signal" });
      else worker.kill(how);
      await worker.logged("Shutdown requested 'localhost:8000'.");
      await worker.until("the socket to vanish", () => !existsSync(worker.socket));
      expect((await front.fetch("/now")).how).toBe("return");
      writeFileSync(gate, "");
      expect((await front.answer(running)).body.toString()).toBe("done");
      expect(await worker.exited).toBe(0);
      expect(readFileSync(note, "utf8")).toBe("exit function ran");
      expect(worker.messages.at(-1)?.kind).toBe("stopped");
      expect(worker.log()).toContain("leaving");
    }
  });

  it("a request that doesn't end in time is left behind, with its stack in the log", async () => {
    using place = folder();
    await using worker = await start({ app: "slow.py", config: { shutdownTimeoutMs: 300 } });
    const front = await worker.connect();
    front.ask(join(place.path, "never"));
    await worker.logged("waiting");
    worker.kill("SIGTERM");
    expect(await worker.exited).toBe(1);
    expect(worker.log().join("\n")).toContain("Aborting process 'localhost:8000'.");
    expect(worker.log().join("\n")).toMatch(/slow.py", line \d+, in application/);
  });

  it("an exit function that doesn't end is cut off", async () => {
    using place = folder();
    const app = join(place.path, "app.py");
    writeFileSync(app, `import atexit, threading\natexit.register(threading.Event().wait)\napplication = None\n`);
    await using worker = await start({ app, config: { shutdownTimeoutMs: 200 } });
    worker.kill("SIGTERM");
    expect(await worker.exited).toBe(1);
    expect(await worker.stderr()).toContain("Timeout");
  });

  it("SIGHUP is nothing to it", async () => {
    await using worker = await start();
    worker.kill("SIGHUP");
    expect((await (await worker.connect()).fetch("/")).how).toBe("complete");
  });

  it("it ends when its supervisor has died, also while loading, also with a stuck request", async () => {
    using place = folder();
    const never = join(place.path, "never");
    const app = join(place.path, "app.py");
    writeFileSync(app, "import time\ntime.sleep(600)\n");
    await using loading = await TestWorker.launch({ python, app });
    await loading.message("beat");
    loading.abandon();
    expect(await loading.exited).toBe(0);

    await using stuck = await start({ app: "slow.py", config: { shutdownTimeoutMs: 600_000 } });
    const front = await stuck.connect();
    front.ask(never);
    front.send(ToWorker.GRANT, 0, 12345, new Uint8Array(4));
    await stuck.logged("waiting");
    stuck.abandon();
    expect(await stuck.exited).toBe(1);
  });

  it("stopping while it loads takes no time at all", async () => {
    using place = folder();
    const app = join(place.path, "app.py");
    writeFileSync(app, "import time\ntime.sleep(600)\n");
    for (const how of ["stop", "SIGTERM"] as const) {
      await using worker = await TestWorker.launch({ python, app });
      await worker.message("beat");
      if (how === "stop") worker.send({ kind: "stop", reason: "shutdown_signal" });
      else worker.kill(how);
      expect(await worker.exited).toBe(0);
      expect(worker.messages.at(-1)?.kind).toBe("stopped");
    }
  });

  it("a signal ends it also while loading is a single call that nothing interrupts", async () => {
    using place = folder();
    const app = join(place.path, "app.py");
    // The second one waits for ever, whatever signals come (pthread_mutex_lock(3): it never returns EINTR).
    writeFileSync(
      app,
      `import ctypes
library = ctypes.CDLL(None)
mutex = ctypes.create_string_buffer(64)
library.pthread_mutex_lock(mutex)
print("loading")
library.pthread_mutex_lock(mutex)
`,
    );
    for (const how of ["SIGTERM", "SIGINT"] as const) {
      await using worker = await TestWorker.launch({ python, app });
      await worker.logged("loading");
      worker.kill(how);
      expect(await worker.exited).toBe(0);
      expect(worker.messages.at(-1)?.kind).toBe("stopped");
    }
  });

  it("a program that the application starts holds neither its socket nor its supervisor", async () => {
    using place = folder();
    const app = join(place.path, "app.py");
    writeFileSync(
      app,
      `import os, subprocess
def application(environ, start_response):
    child = subprocess.run(["ls", "/proc/self/fd"], stdout=subprocess.PIPE, close_fds=False)
    start_response("200 OK", [])
    return [child.stdout]
`,
    );
    await using worker = await start({ app });
    const listed = (await (await worker.connect()).fetch("/")).body.toString();
    // Standard streams, and the folder that is being listed.
    expect(listed).toBe("0\n1\n2\n3\n");
  });

  it("what a forked child prints goes to standard error, not into the records of its parent", async () => {
    using place = folder();
    const app = join(place.path, "app.py");
    writeFileSync(
      app,
      `import os
def application(environ, start_response):
    child = os.fork()
    if not child:
        print("from the child")
        os._exit(0)
    os.waitpid(child, 0)
    start_response("200 OK", [])
    return [b"ok"]
`,
    );
    await using worker = await start({ app });
    expect((await (await worker.connect()).fetch("/")).how).toBe("complete");
    worker.send({ kind: "stop", reason: "shutdown_signal" });
    await worker.exited;
    expect(worker.log()).not.toContain("from the child");
    expect(await worker.stderr()).toBe("from the child\n");
  });
});
