/** `malt status`, `malt stacks` and `malt top`: asked of a server that runs. */

import { expect } from "bun:test";
import { chownSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { app } from "../../harness/apps.ts";
import { busy } from "./inside.ts";
import { parse } from "./report.ts";

const terminal = join(import.meta.dir, "apps", "terminal.py");

/** Asks until a thread of the server runs the request. */
async function untilItRuns(server: Server, what: string): Promise<void> {
  await until(`${what} to run`, async () => (await run([malt, "status", server.root])).out.includes(what));
}

test("status tells what a server does, and with exit status 3 that there is none", async () => {
  await using server = await start(busy, ["--processes=2", "--threads=3"]);
  for (let count = 0; count < 4; count++) await server.text("/");
  const asleep = server.text("/here?1.5");
  await untilItRuns(server, "GET /here?1.5");
  const { code, out, err } = await run([malt, "status", server.root]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain(`server      http://localhost:${server.port}/ up for `);
  expect(out).toMatch(/^requests {4}4, [\d.]+ a second on average: 4 2xx$/m);
  expect(out).toMatch(/^now {9}1 of 6 threads busy, 0 requests waiting$/m);
  for (const pid of server.processes().workers) expect(out).toContain(`worker      ${pid} ready, up for `);
  expect(out).toMatch(/^ +GET \/here\?1\.5 for [\d.]+ m?s, from 127\.0\.0\.1$/m);
  const report = parse((await run([malt, "status", `--server-root=${server.root}`, "--json"])).out);
  expect(report.pid).toBe(server.pid);
  await asleep;
  await server.stop();
  const after = await run([malt, "status", server.root]);
  expect([after.code, after.out, after.err]).toEqual([3, "", `malt: no server runs from ${server.root}\n`]);
});

test("stacks shows the code that every thread is in, also threads of the application, and nothing of the server's own", async () => {
  await using server = await start(busy, ["--threads=2"]);
  const asleep = server.text("/here?1.5");
  await untilItRuns(server, "GET /here?1.5");
  const { code, out } = await run([malt, "stacks", server.root]);
  expect(code).toBe(0);
  expect(out).toMatch(/^worker \d+ ready, /);
  expect(out).toMatch(
    /^ {2}request thread \d: GET \/here\?1\.5 for .*\n {6}file ".*busy\.py", line \d+, in dawdle\n {6}file ".*busy\.py", line \d+, in application$/m,
  );
  expect(out).toMatch(/^ {2}request thread \d: waits for a request$/m);
  expect(out).toMatch(/^ {2}thread of-the-application\n(.*\n)* {6}file ".*busy\.py", line \d+, in wait_for_ever$/m);
  expect(out).not.toContain("malt-control");
  await asleep;
});

test("stacks has no line for threads that wait in the server's own code, also with several front ends", async () => {
  await using server = await start(app("hello.py"), ["--threads=3", "--frontends=2"]);
  await server.text("/");
  const { out } = await run([malt, "stacks", server.root]);
  const threads = [1, 2, 3].map((number) => `  request thread ${number}: waits for a request`);
  expect(out.trimEnd().split("\n").slice(1)).toEqual(threads);
});

test("a worker that can't answer doesn't keep the others from being told of", async () => {
  await using server = await start(busy, ["--processes=2", "--deadlock-timeout=0"]);
  const [stuck = 0, other = 0] = server.processes().workers;
  process.kill(stuck, "SIGSTOP");
  const { code, out } = await run([malt, "stacks", server.root]);
  process.kill(stuck, "SIGCONT");
  expect(code).toBe(0);
  expect(out).toContain(`kill -QUIT ${stuck} has its stacks written to the error log\n`);
  expect(out).not.toContain(`kill -QUIT ${other}`);
  expect(out).toContain(`worker ${other} ready`);
});

test("top shows one second when it is piped", async () => {
  await using server = await start(busy, ["--threads=2"]);
  const asking = (async () => {
    for (let count = 0; count < 100; count++) await server.text("/?0.02");
  })();
  const { code, out } = await run([malt, "top", server.root]);
  expect(code).toBe(0);
  expect(out).toStartWith(`http://localhost:${server.port}/  malt `);
  expect(Number(/^Requests +([\d.]+)\/s, 0\.0\/s of them 5xx/m.exec(out)?.[1])).toBeGreaterThan(1);
  expect(out).toMatch(new RegExp(`^${server.processes().workers[0]} +ready .* [W_]{2}$`, "m"));
  expect(out).not.toContain("\x1b");
  await asking;
});

test("top draws in a terminal until q, and leaves it as it was", async () => {
  await using server = await start(busy, ["--threads=2"]);
  const long = "x".repeat(150);
  const asleep = server.text(`/${long}?3`);
  const { out, err } = await run([python.path, terminal, `GET /xxx`, "q", malt, "top", server.root]);
  expect(err).toBe("");
  const { seen, status, pressed } = JSON.parse(out) as { seen: string; status: number; pressed: boolean };
  expect([status, pressed]).toEqual([0, true]);
  expect(seen).toStartWith("\x1b[?1049h\x1b[?25l\x1b[H");
  expect(seen).toEndWith("\x1b[?25h\x1b[?1049l");
  // Nothing is wider than the screen, or it would be folded.
  const lines = seen.split(/\x1b\[\??[\d;]*[a-zA-Z]|\r\n/);
  expect(Math.max(...lines.map((line) => line.length))).toBe(100);
  await asleep;
});

test("top stays while the server begins anew", async () => {
  await using server = await start(busy, ["--threads=2"]);
  await server.text("/");
  using place = folder();
  const shown = join(place.path, "shown");
  const env = { ...process.env, MALT_TEST_SHOWN: shown };
  const watching = run([python.path, terminal, "7 so far", "q", malt, "top", server.root], { env });
  await until("top to show something", () => existsSync(shown));
  const before = server.processes().workers;
  process.kill(server.pid, "SIGUSR2");
  await until("the server to have begun anew", () => {
    const { workers } = server.processes();
    return workers.length > 0 && !workers.some((pid) => before.includes(pid));
  });
  await server.ready();
  await until("seven requests to be counted", async () => {
    const { out } = await run([malt, "status", server.root]);
    const count = Number(/^requests +(\d+)/m.exec(out)?.[1] ?? 0);
    if (count < 7) await server.text("/");
    return count >= 7;
  });
  const { status, pressed } = JSON.parse((await watching).out) as { status: number; pressed: boolean };
  expect([status, pressed]).toEqual([0, true]);
});

test("a folder that isn't there has no server, and one that is no server root is named as such", async () => {
  using place = folder();
  const nowhere = join(place.path, "nowhere");
  expect(await run([malt, "status", nowhere])).toEqual({
    code: 3,
    out: "",
    err: `malt: no server runs from ${nowhere}\n`,
  });
  const { code, err } = await run([malt, "top", place.path]);
  expect([code, err.split("\n")[0]]).toEqual([
    1,
    `malt: ${place.path} is no server root: there is no express.json in it`,
  ]);
});

test("root may look at a server of another user, and nobody else may", async () => {
  if (process.getuid?.() !== 0) return console.error("skipped: only root can be somebody else");
  await using server = await start(busy, ["--threads=2"]);
  const settings = join(server.root, "express.json");
  chownSync(settings, 65_534, 65_534);
  const { code, out } = await run([malt, "status", server.root]);
  expect([code, out.split(" ")[0]]).toEqual([0, "server"]);
  const control = await run([malt, "control", server.root, "status"]);
  expect([control.code, control.err]).toEqual([1, expect.stringContaining("was set up by user id 65534, not by 0")]);
});

test("only the user of the server can connect, and nothing is left of the socket at the end", async () => {
  await using server = await start(busy);
  const socket = join(server.root, "control.sock");
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  await server.stop();
  expect(statSync(socket, { throwIfNoEntry: false })).toBeUndefined();
});

test("without a server root the only server of the usual place is asked, and of several one must be named", async () => {
  using temporary = folder();
  const env = { TMPDIR: temporary.path, PATH: process.env["PATH"] ?? "" };
  const ask = () => run([malt, "status"], { env });
  expect(await ask()).toEqual({ code: 3, out: "", err: "malt: no server of yours runs\n" });
  const root = (name: string) => `--server-root=${join(temporary.path, `mod_wsgi-${name}:${process.getuid?.()}`)}`;
  await using first = await start(busy, [root("one")], { without: ["--server-root"] });
  const alone = await ask();
  expect([alone.code, alone.err]).toEqual([0, ""]);
  expect(alone.out).toContain(first.url.replace("127.0.0.1", "localhost"));
  await using second = await start(busy, [root("two")], { without: ["--server-root"] });
  const several = await ask();
  expect(several.code).toBe(1);
  expect(second.pid).not.toBe(first.pid);
  expect(several.err).toContain("several servers of yours run; name one\n  malt status ");
});

test("what is not understood is a usage error", async () => {
  for (const [words, what] of [
    [["status", "--nope"], "no such option: --nope"],
    [["status", "-x"], "no such option: -x"],
    [["status", ""], "the server root is empty"],
    [["top", "a", "b"], "one server at a time; give one server root"],
    [["stacks", "--server-root"], "--server-root option requires 1 argument"],
    [["stacks", "--json=yes"], "--json option does not take a value"],
  ] as const) {
    const { code, err } = await run([malt, ...words]);
    expect([code, err.slice(0, 11)]).toEqual([2, "Usage: malt"]);
    expect(err).toEndWith(`\nmalt: ${what}\n`);
  }
  expect((await run([malt, "top", "--help"])).out).toContain("Usage: malt top [SERVER-ROOT] [--json]\n");
});
