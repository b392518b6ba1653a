/** What is logged, and where. */

import { expect } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { refusal } from "./inside.ts";

const printing = app("printing.py");
const hello = app("hello.py");

/** A line of the error log: time, module, level, process and thread, and text. */
const RECORD =
  /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{6} \d{4}\] \[(\w+):(\w+)\] \[pid \d+:tid \d+\](?: \[(?:client|remote) [^\]]+\])? .+$/;

/** What a file has once the server has ended: then everything is written. */
async function atTheEnd(server: Server, path: string): Promise<string> {
  expect(await server.stop()).toBe(0);
  return readFileSync(path, "utf8");
}

test("--log-to-terminal: errors are on standard error, requests on standard output, and there are no files", async () => {
  await using server = await start(printing, ["--access-log"]);
  expect(await server.text("/lines")).toBe("ok");
  await server.waitForLog(/ four$/m);
  await server.waitForOutput(/"GET \/lines HTTP\/1\.1" 200 2$/m);
  expect(server.output()).toContain("Error Log File     : /dev/stderr (warn)\nAccess Log File    : /dev/stdout\n");
  expect(readdirSync(server.root).filter((name) => name.includes("log"))).toEqual([]);
  for (const line of server.log().trimEnd().split("\n")) expect(line).toMatch(RECORD);
});

test("--log-to-terminal: without it the logs are files in the server root, and the terminal stays quiet", async () => {
  await using server = await start(printing, ["--access-log"], { without: ["--log-to-terminal"] });
  const [errors, accesses] = [join(server.root, "error_log"), join(server.root, "access_log")];
  expect(server.output()).toContain(`Error Log File     : ${errors} (warn)\nAccess Log File    : ${accesses}\n`);
  const banner = server.output();
  expect(await server.text("/lines")).toBe("ok");
  expect(await atTheEnd(server, errors)).toMatch(/\[wsgi:error\] .* four$/m);
  expect(readFileSync(accesses, "utf8")).toMatch(/"GET \/lines HTTP\/1\.1" 200 2\n$/);
  expect({ out: server.output(), err: server.log() }).toEqual({ out: banner, err: "" });
});

test("--log-directory: the logs are there, and --log-to-terminal is off, which a warning tells", async () => {
  using home = folder();
  const logs = join(home.path, "logs");
  await using server = await start(printing, [`--log-directory=${logs}`, "--access-log"]);
  expect(server.log()).toBe("malt: warning: --log-to-terminal has no effect together with --log-directory\n");
  expect(statSync(logs).mode & 0o777).toBe(0o755);
  expect(await server.text("/lines")).toBe("ok");
  expect(await atTheEnd(server, join(logs, "error_log"))).toContain(" four\n");
  expect(readdirSync(logs).toSorted()).toEqual(["access_log", "error_log"]);
  expect(readdirSync(server.root).filter((name) => name.includes("log"))).toEqual([]);
});

test("--log-directory: a folder that is there keeps its mode and what is in its logs", async () => {
  using home = folder();
  const logs = join(home.path, "logs");
  mkdirSync(logs);
  chmodSync(logs, 0o750);
  for (const times of [1, 2]) {
    await using server = await start(hello, [`--log-directory=${logs}`]);
    const log = await atTheEnd(server, join(logs, "error_log"));
    expect(log.match(/resuming normal operations$/gm)).toHaveLength(times);
  }
  expect(statSync(logs).mode & 0o777).toBe(0o750);
});

test("--log-directory: one whose parent is missing is refused", async () => {
  const { code, err } = await refusal(["--log-directory=/no/such/logs"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("mkdir -p /no/such makes it.") });
});

test("--error-log-name: it is a name in the log directory, or a path of its own", async () => {
  using home = folder();
  const elsewhere = join(home.path, "elsewhere.log");
  await using inside = await start(hello, ["--error-log-name=errors.txt"], { without: ["--log-to-terminal"] });
  expect(inside.output()).toContain(`Error Log File     : ${inside.root}/errors.txt (warn)\n`);
  expect(await atTheEnd(inside, join(inside.root, "errors.txt"))).toContain("resuming normal operations");
  await using outside = await start(hello, [`--error-log-name=${elsewhere}`, `--log-directory=${home.path}`]);
  expect(await atTheEnd(outside, elsewhere)).toContain("resuming normal operations");
  expect(existsSync(join(home.path, "error_log"))).toBeFalse();
});

test("--access-log-name: /dev/stdout and /dev/stderr are the streams that the server has, whatever they are", async () => {
  const names = ["--access-log", "--access-log-name=/dev/stdout", "--error-log-name=/dev/stderr"];
  // A socket, as the journal of systemd gives to services, can't be opened by its name.
  const code = `
import os, socket, sys
mine, theirs = socket.socketpair()
if os.fork():
    os.dup2(theirs.fileno(), 1)
    os.dup2(theirs.fileno(), 2)
    os.execv(sys.argv[1], sys.argv[1:])
theirs.close()
for data in iter(lambda: mine.recv(65536), b""):
    os.write(1, data)
`;
  const program = [python.path, "-c", code, malt];
  await using server = await start(printing, names, { without: ["--log-to-terminal"], program, until: "banner" });
  expect(await server.text("/lines")).toBe("ok");
  expect(await server.stop()).toBe(0);
  await server.waitForOutput(/\[wsgi:error\] .* four$/m);
  await server.waitForOutput(/"GET \/lines HTTP\/1\.1" 200 2$/m);
});

test("a log that can't be opened is told of once, with the folder that is missing and the option that names it", async () => {
  for (const [option, name, advice] of [
    ["--error-log-name", "/no/such/log", "--error-log-name names another file, --log-directory another folder"],
    ["--access-log-name", "/no/such/log", "--access-log-name names another file, --log-directory another folder"],
    ["--startup-log-name", "/no/such/log", "--startup-log-name names another file"],
  ] as const) {
    const { code, err } = await refusal(["--access-log", "--startup-log", `${option}=${name}`]);
    expect({ option, code }).toEqual({ option, code: 1 });
    expect(err).toEndWith(`(ENOENT): there is no directory /no/such\n  ${advice}\n`);
    expect(err.match(/ENOENT/g)).toHaveLength(1);
  }
});

test("a long line of the application is many records, and nothing of it is lost", async () => {
  await using server = await start(printing, [], { without: ["--log-to-terminal"] });
  for (const path of ["/long", "/longest"]) expect(await server.text(path)).toBe("ok");
  const log = await atTheEnd(server, join(server.root, "error_log"));
  // Behind time, level, process and client.
  const texts = log.split("\n").map((line) => line.replace(/^(\[[^\]]*\] ?){3,4}/, ""));
  const joined = (begin: RegExp) => texts.filter((text) => begin.test(text)).join("");
  expect(joined(/^x/)).toBe("x".repeat(20_000));
  expect(joined(/^(y|\u00e9|\\|\u{1f943})[^z]/u)).toBe("y\u00e9\\\\\u{1f943}\\x01".repeat(5000));
  expect(joined(/^(z|\u00e9z)/)).toBe("\u00e9z".repeat(10_000));
});

/** The records of a whole life of a server, without the client of a request: "module:level text". */
async function recordsAt(level: string): Promise<unknown[]> {
  await using server = await start(printing, ["--log-level", level]);
  expect(server.output()).toContain(`Error Log File     : /dev/stderr (${level})\n`);
  expect(await server.text("/lines")).toBe("ok");
  expect(await server.stop()).toBe(0);
  return server
    .log()
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\[[^\]]*\] \[([^\]]*)\] \[[^\]]*\](?: \[[^\]]*\])?/, "$1"));
}

const PRINTED = "wsgi:error four";
const WORKER = expect.stringMatching(/^wsgi:info mod_wsgi \(pid=\d+\): Starting process /);
const STARTED = expect.stringMatching(/^core:notice .*resuming normal operations$/);

const levels: readonly (readonly [level: string, shown: readonly unknown[], hidden: readonly unknown[]])[] = [
  ["warn", [PRINTED, STARTED], [WORKER]],
  ["error", [PRINTED, STARTED], [WORKER]],
  ["info", [PRINTED, STARTED, WORKER], []],
  ["trace8", [PRINTED, STARTED, WORKER], []],
  ["crit", [STARTED], [PRINTED, WORKER]],
  ["warn wsgi:info", [PRINTED, STARTED, WORKER], []],
  ["info wsgi:warn", [PRINTED, STARTED], [WORKER]],
  ["info wsgi:emerg", [STARTED], [PRINTED, WORKER]],
];
for (const [level, shown, hidden] of levels) {
  test(`--log-level: ${level} shows and hides what it should, and never the start and the stop`, async () => {
    const records = await recordsAt(level);
    for (const record of shown) expect(records).toContainEqual(record);
    for (const record of hidden) expect(records).not.toContainEqual(record);
  });
}

test("--log-level: a word that is no level is refused", async () => {
  for (const level of ["loud", "warn wsgi:loud", "warn info", ""]) {
    const { code, err } = await refusal(["--log-level", level]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("malt: error: option --log-level: ") });
  }
});

test("--access-log: there is a line for each request with it, and none without", async () => {
  await using logged = await start(hello, ["--access-log"]);
  await using silent = await start(hello);
  const banner = silent.output();
  for (const server of [logged, silent]) {
    for (const path of ["/one", "/two?q=1"]) expect(await server.text(path)).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
  }
  expect(silent.output()).toBe(banner);
  const lines = logged
    .output()
    .split("\n")
    .filter((line) => line.includes("HTTP/1.1"));
  const stamp = String.raw`127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]`;
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^${stamp} "GET /one HTTP/1\\.1" 200 14$`)),
    expect.stringMatching(new RegExp(`^${stamp} "GET /two\\?q=1 HTTP/1\\.1" 200 14$`)),
  ]);
});

test("--access-log-name: it is a name in the log directory, or a path of its own", async () => {
  using home = folder();
  const files = { without: ["--log-to-terminal"] } as const;
  for (const [name, path] of [
    ["requests.txt", (root: string) => join(root, "requests.txt")],
    [join(home.path, "requests.txt"), () => join(home.path, "requests.txt")],
  ] as const) {
    await using server = await start(hello, ["--access-log", `--access-log-name=${name}`], files);
    expect(server.output()).toContain(`Access Log File    : ${path(server.root)}\n`);
    expect(await server.text("/")).toBe("Hello, World!\n");
    expect(await atTheEnd(server, path(server.root))).toMatch(/"GET \/ HTTP\/1\.1" 200 14\n$/);
    expect(existsSync(join(server.root, "access_log"))).toBeFalse();
  }
});

const formats: readonly (readonly [format: string, line: RegExp])[] = [
  ["common", /^127\.0\.0\.1 - - \[[^\]]+\] "POST \/p\?q=1 HTTP\/1\.1" 200 14$/],
  [
    "combined",
    /^127\.0\.0\.1 - - \[[^\]]+\] "POST \/p\?q=1 HTTP\/1\.1" 200 14 "http:\/\/from\/" "test\/1\.0 \\"x\\""$/,
  ],
  [
    "%m %U%q %H %>s %B %{X-Test}i %{Content-Type}o %{Missing}i%%",
    /^POST \/p\?q=1 HTTP\/1\.1 200 14 yes text\/plain -%$/,
  ],
  ['"%r"\\t%!200s|%200{X-Test}i|%404{X-Test}i', /^"POST \/p\?q=1 HTTP\/1\.1"\t-\|yes\|-$/],
];
for (const [format, line] of formats) {
  test(`--access-log-format: ${format} is understood`, async () => {
    await using server = await start(hello, ["--access-log", "--access-log-format", format]);
    const headers = { Referer: "http://from/", "User-Agent": 'test/1.0 "x"', "X-Test": "yes" };
    expect(await server.text("/p?q=1", { method: "POST", body: "body", headers })).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
    expect(server.output().trimEnd().split("\n").at(-1)).toMatch(line);
  });
}

test("--access-log-format: a directive that does not exist is refused, and named", async () => {
  const { code, err, out } = await refusal(["--access-log", "--access-log-format", "%h %Q"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("malt: error: access log format: %Q is no directive known here");
  expect(err).toContain("--access-log-format  %h %Q\n");
});
