/** What the supervisor works out without touching anything: banner, environments, configuration, messages. */

import { describe, expect, test } from "bun:test";
import { banner, siteUrl } from "../../lib/supervisor/banner.ts";
import { cleanEnvironment, workerEnvironment } from "../../lib/supervisor/child-environment.ts";
import { rootProblem } from "../../lib/supervisor/server-root.ts";
import { constantEnviron, workerConfig } from "../../lib/supervisor/worker-config.ts";
import { parseWorkerMessage } from "../../lib/supervisor/worker-message.ts";
import { pythonCommand } from "../../lib/supervisor/worker-plan.ts";
import { settingsIn } from "./settings.ts";

test("the banner is the original's, with the real port", () => {
  const settings = settingsIn("/srv", {
    listeners: { host: null, hostLabel: "localhost" },
    logs: { level: "warn", moduleLevels: { wsgi: "info" } },
  });
  expect(banner(settings, { port: 8000, adminPort: null }, "/srv/root/express.json")).toBe(
    [
      "Server URL         : http://localhost:8000/",
      "Server Root        : /srv/root",
      "Server Conf        : /srv/root/express.json",
      "Error Log File     : /srv/root/error_log (warn wsgi:info)",
      "Access Log File    : /srv/root/access_log",
      "Operating Mode     : daemon",
      "Request Capacity   : 5 (1 process * 5 threads)",
      "Request Timeout    : 60 (seconds)",
      "Startup Timeout    : 15 (seconds)",
      "Queue Backlog      : 100 (connections)",
      "Queue Timeout      : 45 (seconds)",
      "Server Capacity    : 20 (event/worker), 20 (prefork)",
      "Server Backlog     : 500 (connections)",
      "Locale Setting     : C.UTF-8",
      "",
    ].join("\n"),
  );
});

test("the banner of debug mode names what its tools leave, and none of the limits that are off", () => {
  const settings = settingsIn("/srv", { workers: { threads: 1, embedded: true } });
  const debugging = {
    debugger: true,
    stopsAtStart: false,
    coverageDirectory: "/srv/c",
    profilerDirectory: "/srv/p",
    recorderDirectory: "/srv/r",
    gdb: null,
  };
  const lines = banner({ ...settings, debugging }, { port: 8000, adminPort: null }, "/srv/root/express.json").split(
    "\n",
  );
  expect(lines.slice(lines.findIndex((line) => line.startsWith("Access Log")) + 1, -4)).toEqual([
    "Coverage Output    : /srv/c/index.html",
    "Profiler Output    : /srv/p",
    "Recorder Output    : /srv/r",
    "Operating Mode     : debug",
    "Request Capacity   : 1 (1 process * 1 threads)",
  ]);
});

test("the banner leaves out what is off, and names the terminal", () => {
  const text = banner(
    settingsIn("/srv", {
      logs: { toTerminal: true, accessLog: null },
      timeouts: { startupMs: 0 },
      workers: { processes: 3 },
    }),
    { port: 8000, adminPort: null },
    "/c",
  );
  expect(text).not.toContain("Access Log File");
  expect(text).not.toContain("Startup Timeout");
  expect(text).toContain("Error Log File     : /dev/stderr (info)\n");
  expect(text).toContain("Request Capacity   : 15 (3 processes * 5 threads)\n");
});

test("the banner tells every address that was given", () => {
  const addresses = [{ path: "/run/a b.sock" }, { host: "127.0.0.1" }, { host: "::1" }];
  const text = banner(settingsIn("/srv", { listeners: { addresses } }), { port: 80, adminPort: null }, "/c");
  expect(text).toContain("Server URL         : http+unix://%2Frun%2Fa%20b.sock/\n");
  expect(text).toContain("Other URLs         : http://127.0.0.1/ http://[::1]/\n");
});

const urls: readonly [label: string, name: string | null, port: number, url: string][] = [
  ["localhost", null, 8000, "http://localhost:8000/"],
  ["localhost", null, 80, "http://localhost/"],
  ["127.0.0.1", "example.org", 8080, "http://example.org:8080/"],
  ["::1", null, 8000, "http://[::1]:8000/"],
  ["[::1]", null, 80, "http://[::1]/"],
];

for (const [hostLabel, serverName, port, url] of urls) {
  test(`the site of ${serverName ?? hostLabel}, port ${port}, is ${url}`, () => {
    expect(siteUrl(settingsIn("/srv", { listeners: { hostLabel }, site: { serverName } }), port)).toBe(url);
  });
}

test("children get nothing that steers Bun", () => {
  const own = {
    PATH: "/bin",
    BUN_OPTIONS: "--preload=x",
    BUN_BE_BUN: "1",
    NODE_CHANNEL_FD: "3",
    NODE_ENV: "x",
    LISTEN_PID: "1",
    LISTEN_FDS: "1",
    NOTIFY_SOCKET: "@x",
    NO: undefined,
  };
  expect(cleanEnvironment(own)).toEqual({ PATH: "/bin", NODE_ENV: "x" });
});

test("a worker has the environment of its user when privileges are dropped, else ours", () => {
  const drop = settingsIn("/srv", { identity: { drop: true } });
  const account = { name: "www-data", home: "/var/www" };
  const own = { HOME: "/root", USER: "root", LANG: "xx" };
  expect(workerEnvironment(drop, own, 80, account)).toMatchObject({
    HOME: "/var/www",
    USER: "www-data",
    LOGNAME: "www-data",
  });
  const kept = workerEnvironment(settingsIn("/srv"), own, 80, undefined);
  expect(kept).toMatchObject({
    HOME: "/root",
    USER: "root",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    MOD_WSGI_HTTPS_PORT: "None",
  });
  expect(kept).not.toHaveProperty("LOGNAME");
});

test("no --setenv changes what the server always sets, and bytes become latin-1 characters", () => {
  const settings = settingsIn("/srv", {
    environ: {
      set: [
        ["GATEWAY_INTERFACE", "x"],
        ["mod_wsgi.process_group", "x"],
        ["NAME", "é"],
        ["TWICE", "a"],
        ["TWICE", "b"],
      ],
      pass: ["TWICE"],
    },
  });
  expect(constantEnviron(settings, 8000, { TWICE: "passed" })).toMatchObject({
    GATEWAY_INTERFACE: "CGI/1.1",
    "mod_wsgi.process_group": "localhost:8000",
    NAME: "\u00c3\u00a9",
    TWICE: "b",
  });
});

const flags: readonly [given: object, flags: readonly [boolean, boolean, boolean]][] = [
  [{}, [true, false, false]],
  [{ processesGiven: true }, [true, true, false]],
  [{ threads: 1 }, [false, false, false]],
  [{ threads: 1, maximumRequests: 1 }, [false, false, true]],
  [{ threads: 2, maximumRequests: 1 }, [true, false, false]],
];

for (const [workers, expected] of flags) {
  test(`wsgi.multithread, multiprocess and run_once with ${JSON.stringify(workers)} are ${expected}`, () => {
    const place = { id: 1, socket: "/s", workingDirectory: "/" };
    const { multithread, multiprocess, runOnce } = workerConfig(settingsIn("/srv", { workers }), 8000, {}, place);
    expect([multithread, multiprocess, runOnce]).toEqual([...expected]);
  });
}

test("as root a worker is started by a program of ours that first becomes its user", () => {
  const identity = { user: "www", uid: 5, gid: 6, drop: true };
  const settings = settingsIn("/srv", { identity, workers: { python: "/py" } });
  const program = "/srv/root/worker";
  const runAs = ["/malt", "run-as"];
  expect(pythonCommand(settings, settings.identity, "title", runAs)).toEqual([
    ...runAs,
    "5",
    "6",
    "www",
    "/py",
    program,
    "title",
  ]);
  const stay = { ...settings.identity, drop: false };
  expect(pythonCommand(settings, stay, "title", runAs)).toEqual(["/py", program, "title"]);
});

const messages: readonly [line: string, valid: boolean][] = [
  ['{"kind":"ready","loaded":true,"python":"3.12"}', true],
  ['{"kind":"ready","loaded":1,"python":"3.12"}', false],
  ['{"kind":"stopped"}', true],
  ['{"kind":"interrupted","prompt":true}', true],
  ['{"kind":"interrupted"}', false],
  ['{"kind":"leave","why":"x","reason":"","serving":false}', true],
  ['{"kind":"leave","why":"x","reason":""}', false],
  ['{"kind":"log","level":"info","tid":1,"text":"x"}', true],
  ['{"kind":"log","level":"info","tid":1,"remote":"a:1","text":"x"}', true],
  ['{"kind":"log","level":"info","tid":"1","text":"x"}', false],
  ['{"kind":"beat","served":1,"counted":1,"active":[],"cpuMs":1,"rssBytes":1,"loaded":true}', true],
  [
    '{"kind":"beat","served":1,"counted":1,"active":[{"thread":1,"id":2,"runningMs":3,"what":"GET /","ignored":false}],"cpuMs":1,"rssBytes":1,"loaded":true}',
    true,
  ],
  ['{"kind":"beat","served":1,"counted":1,"active":[{"thread":1}],"cpuMs":1,"rssBytes":1,"loaded":true}', false],
  ['{"kind":"beat","served":1,"counted":1,"active":{},"cpuMs":1,"rssBytes":1,"loaded":true}', false],
  ['{"kind":"beat","served":1,"counted":1,"active":[],"cpuMs":1,"rssBytes":1}', false],
  ['{"kind":"configure"}', false],
  ['{"kind":"toString"}', false],
  ["null", false],
  ["[]", false],
  ["1", false],
  ["{", false],
  ["", false],
];

describe("a line from a worker", () => {
  for (const [line, valid] of messages) {
    test(`${line} is ${valid ? "taken as it is" : "no message"}`, () => {
      expect(parseWorkerMessage(line)).toEqual(valid ? JSON.parse(line) : undefined);
    });
  }
});

const directory = (uid: number, mode: number, gid = 0) => ({ uid, gid, mode, isDirectory: () => true });

describe("a server root", () => {
  const drops = { user: "www", group: "www", uid: 33, gid: 33, drop: true };
  const stays = { ...drops, uid: 1000, gid: 1000, drop: false };
  const link = { ...directory(0, 0o777), isDirectory: () => false };
  const table: readonly [name: string, problem: string | undefined, arguments_: Parameters<typeof rootProblem>][] = [
    ["of our own will do", undefined, [directory(1000, 0o700), 1000, true, stays]],
    ["that is a link is refused", "not a directory", [link, 1000, true, stays]],
    ["by default must be ours", "belongs to user id 7", [directory(7, 0o755), 1000, true, stays]],
    ["by default must not be open to the group", "written to by others", [directory(1000, 0o775), 1000, true, stays]],
    ["that was named is the operator's business", undefined, [directory(7, 0o777), 1000, false, stays]],
    [
      "that was named must be root's where programs in it run as root",
      "belongs to user id 33",
      [directory(33, 0o755), 0, false, drops],
    ],
    ["must let the workers in", "closed", [directory(0, 0o700), 0, true, drops]],
    ["lets the workers in through the group", undefined, [directory(0, 0o710, 33), 0, true, drops]],
  ];
  for (const [name, problem, values] of table) {
    test(name, () => {
      const found = rootProblem(...values);
      if (problem === undefined) expect(found).toBeUndefined();
      else expect(found).toContain(problem);
    });
  }
});
