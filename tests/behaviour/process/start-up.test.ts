/** What a start says, and how it ends when it comes to nothing. */

import { expect } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { options } from "../../../lib/options/table.ts";
import { app } from "../../harness/apps.ts";
import { malt, run } from "../../harness/binary.ts";
import { folder, readable } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { refusal } from "./inside.ts";

// Where the user can read it: a start that fails should complain of nothing else.
const hello = await readable(app("hello.py"));

/** The banner is all that standard output gets without an access log. */
function rows(server: Server): [label: string, value: string][] {
  const lines = server.output().trimEnd().split("\n");
  return lines.map((line) => [line.slice(0, 21), line.slice(21)]);
}

test("the banner has the lines of the original, in its order and form", async () => {
  await using server = await start(hello, ["--locale=C.UTF-8"]);
  expect(rows(server)).toEqual([
    ["Server URL         : ", `http://localhost:${server.port}/`],
    ["Server Root        : ", server.root],
    ["Server Conf        : ", join(server.root, "express.json")],
    ["Error Log File     : ", "/dev/stderr (warn)"],
    ["Operating Mode     : ", "daemon"],
    ["Request Capacity   : ", "5 (1 process * 5 threads)"],
    ["Request Timeout    : ", "60 (seconds)"],
    ["Startup Timeout    : ", "15 (seconds)"],
    ["Queue Backlog      : ", "100 (connections)"],
    ["Queue Timeout      : ", "45 (seconds)"],
    ["Server Capacity    : ", "20 (event/worker), 20 (prefork)"],
    ["Server Backlog     : ", "500 (connections)"],
    ["Locale Setting     : ", "C.UTF-8"],
  ]);
});

test("the banner follows the options", async () => {
  const words =
    "--host 127.0.0.1 --processes 2 --threads 20 --request-timeout 7 --startup-timeout 0 --daemon-backlog 8 " +
    "--queue-timeout 9 --server-backlog 10 --access-log";
  const level = ["--log-level", "info wsgi:debug"];
  await using server = await start(hello, [...words.split(" "), ...level], { without: ["--log-to-terminal"] });
  expect(rows(server).slice(0, -1)).toEqual([
    ["Server URL         : ", `http://127.0.0.1:${server.port}/`],
    ["Server Root        : ", server.root],
    ["Server Conf        : ", join(server.root, "express.json")],
    ["Error Log File     : ", `${server.root}/error_log (info wsgi:debug)`],
    ["Access Log File    : ", `${server.root}/access_log`],
    ["Operating Mode     : ", "daemon"],
    ["Request Capacity   : ", "40 (2 processes * 20 threads)"],
    ["Request Timeout    : ", "7 (seconds)"],
    ["Queue Backlog      : ", "8 (connections)"],
    ["Queue Timeout      : ", "9 (seconds)"],
    ["Server Capacity    : ", "85 (event/worker), 70 (prefork)"],
    ["Server Backlog     : ", "10 (connections)"],
  ]);
});

test("the banner shows what --max-clients comes to, rounded as Apache rounds it", async () => {
  await using server = await start(hello, ["--max-clients=100"]);
  expect(server.output()).toContain("Server Capacity    : 112 (event/worker), 100 (prefork)\n");
});

/** Flags, so that they need no value, that are accepted and have no effect. */
const idle = [...options].filter(([, { kind, status }]) => kind === "flag" && status !== "built");

test("an option without effect is told once on standard error, and the server runs", async () => {
  const flags = idle.map(([name]) => name);
  const words = flags.map((name) => `--${name}`);
  await using server = await start(hello, [...words, ...words]);
  expect(await server.text("/")).toBe("Hello, World!\n");
  const told = server
    .log()
    .split("\n")
    .filter((line) => line.startsWith("malt: warning: "));
  const expected = flags.map((name) => {
    const { status, reason } = options.get(name)!;
    const why = status === "planned" ? "is accepted but has no effect in this version" : `is ignored: ${reason}`;
    return `malt: warning: --${name} ${why}`;
  });
  expect(told.toSorted()).toEqual(expected.toSorted());
  expect(server.output()).not.toContain("warning");
});

test("a server that is told nothing odd warns of nothing", async () => {
  await using server = await start(hello, ["--threads=2", "--setenv", "A", "b", "--url-alias", "/a", "/tmp"]);
  expect(server.log()).not.toContain("malt:");
});

test("an application that is missing is told at the start, and the server runs", async () => {
  await using server = await start(null, ["no/such/app.py"]);
  expect(server.log()).toMatch(/^malt: warning: the application \/.*\/no\/such\/app\.py does not exist; /m);
  expect((await server.get("/")).status).toBe(500);
});

const endings: readonly (readonly [promise: string, words: readonly string[], code: number, err: RegExp])[] = [
  [
    "an unknown option is 2",
    ["start-server", "--nope"],
    2,
    /^Usage: malt start-server script \[options\]\n\nmalt: error: no such option: --nope\n$/,
  ],
  [
    "a value of the wrong kind is 2",
    ["start-server", "--port=x"],
    2,
    /error: option --port: invalid integer value: 'x'\n$/,
  ],
  ["a value out of range is 2", ["start-server", "--port=70000"], 2, /error: option --port: 70000 is too large/],
  ["an unknown choice is 2", ["start-server", "--auth-type=x"], 2, /error: option --auth-type: 'x' is not known/],
  ["no command is 2", [], 2, /^Usage: malt command \[params\]\n[^]*error: No command was specified\.\n$/],
  ["an unknown command is 2", ["stop-server"], 2, /error: Invalid command was specified\.\n$/],
  ["a command for Apache's module is 2", ["module-config"], 2, /error: there is no module-config: [^]*start-server/],
  [
    "what is not on the machine is 1",
    ["start-server", "--working-directory=/no/such"],
    1,
    /^malt: error: [^]*there is no directory \/no\/such\n/,
  ],
];
for (const [promise, words, code, err] of endings) {
  test(`the exit status of ${promise}, and the reason is on standard error only`, async () => {
    const ended = await run([malt, ...words]);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: "" });
    expect(ended.err).toMatch(err);
  });
}

test("the exit status of a port that is in use is 1, before anything is written", async () => {
  using place = folder();
  const root = join(place.path, "root");
  using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { code, out, err } = await refusal([
    hello,
    "--host=127.0.0.1",
    `--port=${taken.port}`,
    `--server-root=${root}`,
  ]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(new RegExp(`^malt: .*${taken.port}`));
  expect(readdirSync(place.path)).toEqual([]);
});

for (const command of ["setup-server", "start-server"]) {
  test(`the exit status of ${command} is 1 in a directory that was removed`, async () => {
    using place = folder();
    const inside = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && exec "$@"';
    const ended = await run(["/bin/sh", "-c", inside, "sh", join(place.path, "gone"), malt, command, hello]);
    expect(ended).toEqual({
      code: 1,
      out: "",
      err:
        "malt: error: the directory that this was started in has been removed\n" +
        "  Enter it again, or another one: cd DIRECTORY\n",
    });
  });

  test(`the exit status of ${command} is 1 when the server root can't be written, and what can't is told`, async () => {
    using place = folder();
    writeFileSync(join(place.path, "worker"), "");
    const words = [malt, command, hello, "--port=0", "--user=nobody", `--server-root=${place.path}`];
    const { code, out, err } = await run(words);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.replace(/^malt: warning: .*\n/gm, "")).toMatch(
      /^malt: .*\/worker cannot be written \(E\w+\)\n {2}see what is there, or give another --server-root\n$/,
    );
  });
}

test("the exit status of a server that was told to stop is 0", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    await using server = await start(hello);
    expect(await server.stop(signal)).toBe(0);
  }
});

test("--help: every option that is not hidden is listed on standard output, and nothing is started", async () => {
  for (const words of [
    ["start-server", "--help"],
    ["start-server", "no/such/app.py", "--port=1", "-h"],
  ]) {
    const { code, out, err } = await run([malt, ...words]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const listed = [...out.matchAll(/^ {2}(?:-h, )?--([a-z0-9-]+)/gm)].map((match) => match[1] ?? "");
    const visible = [...options].filter(([, { hidden }]) => !hidden).map(([name]) => name as string);
    expect(listed.toSorted()).toEqual(visible.toSorted());
  }
});

test("--help: it is as wide as the terminal says", async () => {
  const env = { PATH: "/usr/bin:/bin", COLUMNS: "120" };
  const { out } = await run([malt, "start-server", "--help"], { env });
  const longest = Math.max(...out.split("\n").map((line) => line.length));
  expect(longest).toBeGreaterThan(100);
  expect(longest).toBeLessThanOrEqual(120);
});
