import { describe, expect, test } from "bun:test";
import { parseArguments, type Parsed } from "../../lib/options/argv.ts";
import type { Problem } from "../../lib/options/problem.ts";
import { resolveSettings } from "../../lib/options/resolve/resolve.ts";
import { options } from "../../lib/options/table.ts";
import type { Program, Settings } from "../../lib/settings/settings.ts";
import { machine, type Machine, PYTHON } from "./machine.ts";

const PROGRAM: Program = {
  name: "malt",
  version: "1.2.3",
  command: "start-server",
  typed: "",
  words: [],
  directory: "/srv/site",
};

function parsed(words: readonly string[]): Parsed {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  return parse.parsed;
}

function resolved(words: readonly string[], given: Machine = {}): { settings: Settings; warnings: readonly string[] } {
  const resolution = resolveSettings(parsed(words), machine(given), PROGRAM);
  if (!("settings" in resolution)) throw new Error(JSON.stringify(resolution));
  return resolution;
}

const settings = (words: readonly string[], given: Machine = {}) => resolved(words, given).settings;
const warnings = (words: readonly string[], given: Machine = {}) => resolved(words, given).warnings;

function problems(words: readonly string[], given: Machine = {}): readonly Problem[] {
  const resolution = resolveSettings(parsed(words), machine(given), PROGRAM);
  if ("settings" in resolution) throw new Error("resolved");
  return resolution.problems;
}

test("with no words at all everything has a value", () => {
  expect(settings([])).toEqual({
    program: PROGRAM,
    application: {
      type: "welcome",
      entryPoint: "",
      callableObject: "application",
      mountPoint: "",
      mapHeadToGet: "auto",
      scriptReloading: true,
      reloadOnChanges: false,
    },
    listeners: {
      addresses: [{ host: null }],
      host: null,
      hostLabel: "localhost",
      socketMode: 0o660,
      port: 8000,
      httpsPort: null,
      http2: false,
      backlog: 500,
    },
    tls: null,
    site: { serverName: null, serverAliases: [], allowLocalhost: false, httpsOnly: false, hstsPolicy: null },
    access: { hostScript: null, login: null },
    trust: { headers: [], peers: null, proxyProtocol: [] },
    frontEnds: { count: 1, connections: 0 },
    directives: null,
    files: {
      documentRoot: "/tmp/mod_wsgi-localhost:8000:1000/htdocs",
      directoryIndex: null,
      directoryListing: false,
      cgi: false,
      aliases: [],
      handlers: [],
      mimeTypes: null,
      sendfile: false,
      docs: true,
      precompressed: false,
    },
    responses: { errorDocuments: [], errorOverride: false, compress: false },
    proxies: { mounts: [], hosts: [] },
    workers: {
      processes: 1,
      processesGiven: false,
      threads: 5,
      embedded: false,
      group: "localhost:8000",
      python: "/usr/bin/python3.11",
      pythonPath: [],
      pythonEggs: "/tmp/mod_wsgi-localhost:8000:1000/python-eggs",
      workingDirectory: "/srv/site",
      locale: "C.UTF-8",
      socketPrefix: "/tmp/mod_wsgi-localhost:8000:1000",
      daemonBacklog: 100,
      sendBufferBytes: 0,
      receiveBufferBytes: 0,
      maximumRequests: 0,
      ignoreActivity: [],
      orphanInterpreter: false,
      verboseDebugging: false,
    },
    debugging: null,
    identity: { user: "ann", group: "ann", uid: 1000, gid: 1000, drop: false },
    services: [],
    environ: { set: [], pass: [] },
    timeouts: {
      startupMs: 15_000,
      shutdownMs: 5000,
      gracefulMs: 15_000,
      requestMs: 60_000,
      restartMs: 0,
      cpuMs: 0,
      evictionMs: 0,
      deadlockMs: 60_000,
      inactivityMs: 0,
      queueMs: 45_000,
      connectMs: 15_000,
      answerMs: 60_000,
      socketMs: 60_000,
      responseSocketMs: 60_000,
      headerMs: 15_000,
      headerMaxMs: 30_000,
      headerMinRateBytes: 500,
      bodyMs: 15_000,
      bodyMaxMs: 0,
      bodyMinRateBytes: 500,
      keepAliveMs: 2000,
    },
    limits: {
      requestBodyBytes: 10_485_760,
      responseBufferBytes: 65_536,
      headerBufferBytes: 32_768,
      maxClients: 20,
      maxClientsEvent: 20,
      maxClientsPrefork: 20,
      chunkedRequest: false,
    },
    logs: {
      directory: "/tmp/mod_wsgi-localhost:8000:1000",
      level: "warn",
      moduleLevels: {},
      toTerminal: false,
      errorLog: "/tmp/mod_wsgi-localhost:8000:1000/error_log",
      accessLog: null,
      startupLog: null,
      format: "apache",
      accessFormat: '%h %l %u %t "%r" %>s %b',
      errorFormat: null,
      rotation: null,
    },
    monitoring: {
      metricsPath: null,
      healthPath: null,
      statusPage: false,
      admin: null,
      serverMetrics: false,
      slowRequestMs: 0,
    },
    server: {
      root: "/tmp/mod_wsgi-localhost:8000:1000",
      rootIsDefault: true,
      pidFile: "/tmp/mod_wsgi-localhost:8000:1000/httpd.pid",
      shell: "/bin/sh",
      envvarsScript: null,
      processName: null,
      modulesDirectory: null,
    },
  });
});

test("settings survive the way to another process", () => {
  const all = settings(["app.py", "--url-alias", "/a", "/tmp", "--setenv", "K", "V", "--log-level", "warn wsgi:info"]);
  expect(JSON.parse(JSON.stringify(all))).toEqual(all);
});

describe("the application", () => {
  const cases: readonly (readonly [promise: string, words: string[], type: string, entry: string, root?: string])[] = [
    ["a script is a file of the current directory", ["app.wsgi"], "script", "/srv/site/app.wsgi"],
    ["only the first plain word counts", ["a.py", "b.py"], "script", "/srv/site/a.py"],
    ["the named entry point wins", ["a.py", "--entry-point", "/b.py"], "script", "/b.py"],
    ["a module is a name", ["--application-type=module", "site.wsgi"], "module", "site.wsgi"],
    ["a Paste file is a file", ["--application-type=paste", "../x.ini"], "paste", "/srv/x.ini"],
    ["without one, there is a welcome page", ["--application-type=module"], "welcome", ""],
    ["static serves the directory given", ["--application-type=static", "/srv"], "static", "", "/srv"],
    ["static serves the current directory", ["--application-type=static"], "static", "", "/srv/site"],
    ["the document root wins", ["--application-type=static", "/x", "--document-root", "/srv"], "static", "", "/srv"],
    [
      "the document root may be chosen",
      ["app.py", "--document-root", "www"],
      "script",
      "/srv/site/app.py",
      "/srv/site/www",
    ],
  ];
  for (const [promise, words, type, entryPoint, root] of cases) {
    test(promise, () => {
      const { application, files } = settings(words);
      expect(application).toMatchObject({ type, entryPoint });
      if (root !== undefined) expect(files.documentRoot).toBe(root);
    });
  }

  test("that does not exist is worth a warning, not a refusal", () => {
    expect(warnings(["app.py"])).toEqual([
      "the application /srv/site/app.py does not exist; requests are answered with 500 until it does",
    ]);
    expect(warnings(["app.py"], { files: ["/srv/site/app.py"] })).toEqual([]);
  });

  const module = ["--application-type", "module"];
  const absent = "does not exist; requests are answered with 500 until it does";
  const noModule = "is not the name of a module, so requests are answered with 500;";
  const misnamed: [words: string[], warning: string][] = [
    [["site.wsgi:app"], `/srv/site/site.wsgi:app ${absent}; if a module is meant: `],
    [["site.wsgi:app"], "--application-type module site.wsgi --callable-object app"],
    [["site.main"], `/srv/site/site.main ${absent}; if a module is meant: --application-type module site.main`],
    [["site.wsgi"], `/srv/site/site.wsgi ${absent}`],
    [["."], "/srv/site is a directory: name the file in it"],
    [[...module, "site.wsgi:app"], `site.wsgi:app ${noModule} if this is meant: site.wsgi --callable-object app`],
    [[...module, "wsgi.py"], `wsgi.py ${noModule} to serve a file leave --application-type module out`],
    [[...module, "site/wsgi"], `site/wsgi ${noModule} to serve a file leave --application-type module out`],
  ];
  for (const [words, warning] of misnamed) {
    test(`that is named as elsewhere is told how to be named here: ${words.join(" ")}`, () => {
      expect(warnings(words)[0]).toContain(warning);
      expect(warnings(words)).toHaveLength(1);
    });
  }

  test("without its files is worth a warning", () => {
    const lost = "the document root /srv/site/www does not exist, so none of its files are served";
    expect(warnings(["--application-type=static", "www"])).toEqual([lost]);
    expect(warnings(["--document-root=www"])).toEqual([lost]);
    expect(warnings(["--document-root=www"], { directories: ["/srv/site/www"] })).toEqual([]);
  });

  test("that is a module is not warned of", () => {
    expect(warnings([...module, "site.wsgi"])).toEqual([]);
    expect(warnings([...module, "app"])).toEqual([]);
  });
});

describe("names and places", () => {
  test("follow the host and the port", () => {
    const all = settings(["--host", "10.0.0.1", "--port", "80"], { environment: { TMPDIR: "/srv//" } });
    expect(all.workers.group).toBe("10.0.0.1:80");
    expect(all.server.root).toBe("/srv/mod_wsgi-10.0.0.1:80:1000");
    expect(all.listeners).toMatchObject({ host: "10.0.0.1", hostLabel: "10.0.0.1", port: 80 });
  });

  test("hold IPv6 in brackets, however it was given", () => {
    for (const host of ["::1", "[::1]"]) {
      expect(settings(["--host", host]).listeners).toMatchObject({ host, hostLabel: "[::1]" });
    }
  });

  test("follow the first of several addresses", () => {
    const all = settings(["--host", "::1 unix:run/site.sock,localhost,[::1],::1"]);
    expect(all.workers.group).toBe("[::1]:8000");
    expect(all.server.root).toBe("/tmp/mod_wsgi-[::1]:8000:1000");
    expect(all.listeners).toMatchObject({
      host: "::1",
      hostLabel: "[::1]",
      addresses: [{ host: "::1" }, { path: "/srv/site/run/site.sock" }, { host: "localhost" }, { host: "[::1]" }],
    });
  });

  test("follow the path of a socket in the file system, which is no host", () => {
    const all = settings(["--host", "unix:/run/site.sock", "--unix-socket-mode=0666"]);
    expect(all.workers.group).toBe("unix:/run/site.sock");
    expect(all.server.root).toBe("/tmp/mod_wsgi-unix:_run_site.sock:1000");
    expect(all.listeners).toMatchObject({ host: "unix:/run/site.sock", hostLabel: "localhost", socketMode: 0o666 });
  });

  test("on every address of IPv6 take those of IPv4 in", () => {
    expect(settings(["--host", "0.0.0.0,::"]).listeners).toMatchObject({
      hostLabel: "0.0.0.0",
      addresses: [{ host: "::" }],
    });
  });

  test("in the file system only are none for HTTPS, and are short", () => {
    const tls = ["--https-port=8443", "--ssl-certificate-file=c", "--ssl-certificate-key-file=k"];
    expect(problems(["--host=unix:a.sock", ...tls], { files: ["/srv/site/c", "/srv/site/k"] })).toContainEqual(
      expect.objectContaining({ exit: 2, what: expect.stringContaining("HTTPS needs an address to listen on") }),
    );
    expect(settings([`--host=unix:/${"x".repeat(106)}`]).listeners.addresses).toHaveLength(1);
    expect(problems([`--host=unix:/${"é".repeat(54)}`])[0]).toMatchObject({
      exit: 1,
      what: "the path of a socket may have 107 bytes, and this one has more",
    });
  });

  test("are below /var/tmp on macOS, whatever TMPDIR says", () => {
    const mac = { onMac: true, environment: { TMPDIR: "/srv" }, directories: ["/var/tmp"] };
    expect(settings([], mac).server.root).toBe("/var/tmp/mod_wsgi-localhost:8000:1000");
  });

  test("can all be chosen", () => {
    const all = settings([
      "--server-root=root",
      "--pid-file=root/pid",
      "--socket-prefix=/tmp",
      "--python-eggs=eggs",
      "--working-directory=/srv",
      "--python-path=lib",
      "--python-path=/opt",
    ]);
    expect(all.server).toMatchObject({ root: "/srv/site/root", rootIsDefault: false, pidFile: "/srv/site/root/pid" });
    expect(all.workers).toMatchObject({
      socketPrefix: "/tmp",
      pythonEggs: "/srv/site/eggs",
      workingDirectory: "/srv",
      pythonPath: ["/srv/lib", "/opt"],
    });
  });

  test("a given number of processes is remembered as given, and 0 means one", () => {
    expect(settings(["--processes=1"]).workers).toMatchObject({ processes: 1, processesGiven: true });
    expect(settings(["--processes=0"]).workers).toMatchObject({ processes: 1, processesGiven: true });
  });

  test("aliases are absolute and sorted, index names split", () => {
    const { files } = settings([
      "--url-alias",
      "/a/",
      "/tmp/",
      "--url-alias",
      "/a/b",
      "x",
      "--directory-index",
      "a.html b.html",
    ]);
    expect(files.aliases).toEqual([
      { urlPath: "/a/b", target: "/srv/site/x" },
      { urlPath: "/a", target: "/tmp" },
    ]);
    expect(files.directoryIndex).toEqual(["a.html", "b.html"]);
  });

  test("a zero stands for what the option says it stands for", () => {
    const zero = settings([
      "--response-socket-timeout=0",
      "--socket-timeout=7",
      "--response-buffer-size=0",
      "--header-buffer-size=0",
    ]);
    expect(zero.timeouts.responseSocketMs).toBe(7000);
    expect(zero.limits).toMatchObject({ responseBufferBytes: 65_536, headerBufferBytes: 32_768 });
    expect(settings(["--response-socket-timeout=3"]).timeouts.responseSocketMs).toBe(3000);
  });
});

describe("the logs", () => {
  test("go to the terminal when asked to", () => {
    expect(settings(["--log-to-terminal"]).logs.toTerminal).toBe(true);
  });

  test("stay in files when a directory is named, with a warning", () => {
    const words = ["--log-to-terminal", "--log-directory", "/srv"];
    expect(settings(words).logs).toMatchObject({ toTerminal: false, directory: "/srv", errorLog: "/srv/error_log" });
    expect(warnings(words)).toEqual(["--log-to-terminal has no effect together with --log-directory"]);
  });

  test("have names below their directory, or paths of their own", () => {
    const { logs } = settings(["--log-directory=l", "--error-log-name=e", "--access-log", "--access-log-name=/tmp/a"]);
    expect(logs).toMatchObject({ directory: "/srv/site/l", errorLog: "/srv/site/l/e", accessLog: "/tmp/a" });
  });

  test("rotate when asked to, and say what then has no effect", () => {
    expect(warnings(["--rotate-logs", "--log-to-terminal"])).toEqual([
      "--rotate-logs has no effect together with --log-to-terminal",
    ]);
    expect(warnings(["--log-format=json", "--access-log-format=%h", "--error-log-format=%M"])).toEqual([
      "--access-log-format has no effect together with --log-format json",
      "--error-log-format has no effect together with --log-format json",
    ]);
    expect(settings(["--rotate-logs", "--rotatelogs-executable=r"]).logs.rotation).toEqual({
      sizeMib: 5,
      program: "/srv/site/r",
    });
    expect(settings(["--rotate-logs", "--rotatelogs-executable=python3"]).logs.rotation?.program).toBe(
      "/usr/bin/python3",
    );
    expect(settings(["--max-log-size=7", "--rotatelogs-executable=r"]).logs.rotation).toBeNull();
  });

  test("have nicknames for formats", () => {
    expect(settings(["--access-log-format=combined"]).logs.accessFormat).toContain('"%{Referer}i"');
    expect(settings(["--access-log-format=%h %s"]).logs.accessFormat).toBe("%h %s");
    expect(settings(["--access-log-format="]).logs.accessFormat).toBe('%h %l %u %t "%r" %>s %b');
  });

  test("have levels for modules", () => {
    expect(settings(["--log-level", "error wsgi:info"]).logs).toMatchObject({
      level: "error",
      moduleLevels: { wsgi: "info" },
    });
  });
});

describe("who requests are handled as", () => {
  test("root has to name a user", () => {
    const [problem] = problems([], { uid: 0 });
    expect(problem).toMatchObject({ exit: 1 });
    expect(problem!.advice).toContain("--user NAME");
  });

  test("root becomes the user, with the user's group unless another is named", () => {
    expect(settings(["--user=www-data"], { uid: 0 }).identity).toEqual({
      user: "www-data",
      group: "www-data",
      uid: 33,
      gid: 33,
      drop: true,
    });
    expect(settings(["--user=www-data", "--group=staff"], { uid: 0 }).identity).toMatchObject({
      group: "staff",
      gid: 50,
    });
  });

  test("root stays root only when told, with a warning", () => {
    expect(settings(["--user=root"], { uid: 0 }).identity).toMatchObject({ uid: 0, gid: 0, drop: false });
    expect(warnings(["--user=root"], { uid: 0 })[0]).toContain("runs as root");
  });

  test("a number needs no entry, but then a group", () => {
    expect(settings(["--user=#33"], { uid: 0 }).identity).toMatchObject({ user: "www-data", uid: 33, gid: 33 });
    expect(settings(["--user=#7", "--group=#8"], { uid: 0 }).identity).toMatchObject({ user: "#7", uid: 7, gid: 8 });
    expect(problems(["--user=#7"], { uid: 0 })[0]!.advice).toContain("--group");
    expect(problems(["--user=#4294967295", "--group=#8"], { uid: 0 })[0]!.what).toContain("there is no user");
  });

  test("somebody in no file is asked for where the system knows people from", () => {
    const eve = { user: "eve", uid: 5000, gid: 50 };
    expect(settings(["--user=eve"], { uid: 0 }).identity).toMatchObject({ ...eve, group: "staff" });
    expect(settings(["--user=#5000"], { uid: 0 }).identity).toMatchObject(eve);
    expect(settings([], { uid: 5000, gid: 50 }).identity).toMatchObject(eve);
  });

  test("variables win over the options of root, and errors name them", () => {
    const environment = { MOD_WSGI_USER: "ann", WSGI_RUN_USER: "www-data", WSGI_RUN_GROUP: "staff" };
    const identity = settings(["--user=root"], { uid: 0, environment }).identity;
    expect(identity).toMatchObject({ user: "ann", group: "staff" });
    expect(problems([], { uid: 0, environment: { MOD_WSGI_USER: "bob" } })[0]).toMatchObject({
      what: "there is no user bob",
      from: [["MOD_WSGI_USER", "bob"]],
    });
  });

  test("an unknown name is a problem for everyone", () => {
    for (const uid of [0, 1000]) {
      expect(problems(["--user=bob"], { uid })[0]).toMatchObject({ exit: 1, what: "there is no user bob" });
      expect(problems(["--user=ann", "--group=zz"], { uid })[0]).toMatchObject({
        exit: 1,
        what: "there is no group zz",
      });
    }
  });

  test("others stay who they are, and are told when they asked for more", () => {
    const { settings: mine, warnings: told } = resolved(["--user=www-data", "--group=staff"]);
    expect(mine.identity).toEqual({ user: "ann", group: "ann", uid: 1000, gid: 1000, drop: false });
    expect(told).toEqual([
      "--user www-data has no effect: only root can run the server as someone else",
      "--group staff has no effect: only root can run the server as someone else",
    ]);
    expect(warnings(["--user=ann", "--group=ann"])).toEqual([]);
    expect(settings([], { uid: 7 }).identity).toMatchObject({ user: "#7", group: "#7" });
  });
});

describe("services", () => {
  const tick = ["--service-script", "tick", "tick.py"];
  const files = ["/srv/site/tick.py"];

  test("are scripts by name, each run as the server and logging with it unless told otherwise", () => {
    const more = ["--service-script", "tock", "/t.py", "--service-log-file", "tock", "/x/../tock.log"];
    const all = settings([...tick, ...more, "--log-directory=/srv"], { files: [...files, "/t.py"] });
    expect(all.services).toEqual([
      { name: "tick", script: "/srv/site/tick.py", identity: all.identity, log: null },
      { name: "tock", script: "/t.py", identity: all.identity, log: "/srv/tock.log" },
    ]);
  });

  test("become somebody else only when root starts the server; the last word on each counts", () => {
    const words = [...tick, "--service-user", "tick", "ann", "--service-user", "tick", "www-data"];
    const asRoot = settings([...words, "--user=ann"], { files, uid: 0 });
    const identity = { user: "www-data", group: "ann", uid: 33, gid: 1000, drop: true };
    expect(asRoot.services).toMatchObject([{ identity }]);
    const { settings: mine, warnings: told } = resolved(words, { files });
    expect(mine.services).toMatchObject([{ identity: mine.identity }]);
    expect(told).toEqual(["--service-user tick www-data has no effect: only root can run a service as someone else"]);
  });

  test("need Python, also next to a site of files only", () => {
    const words = ["--application-type=static"];
    expect(settings(words, { files, pythons: {} }).workers.python).toBe("");
    expect(problems([...words, ...tick], { files, pythons: {} })[0]!.what).toBe("no Python interpreter was found");
  });
});

describe("what root can read and the user of the workers cannot", () => {
  const closed = { uid: 0, directory: "/root/site", closed: ["/root"], files: ["/root/site/app.py"] };

  test("is told of the application and the working directory", () => {
    const why = "/root has mode 0700 and belongs to root";
    expect(warnings(["--user=www-data", "app.py"], closed)).toEqual([
      `user www-data cannot read the application /root/site/app.py (${why}); requests are answered with 500`,
      `user www-data cannot use the working directory /root/site (${why}); give another --working-directory`,
    ]);
    expect(warnings(["--user=www-data", "--application-type=module", "app"], closed)).toEqual([
      `user www-data cannot use the working directory /root/site (${why}); give another --working-directory`,
    ]);
  });

  test("is not told when nothing is in the way, or nobody else is to read it", () => {
    expect(warnings(["--user=www-data", "app.py"], { uid: 0, files: ["/srv/site/app.py"] })).toEqual([]);
    expect(warnings(["app.py"], { ...closed, uid: 1000 })).toEqual([]);
  });
});

describe("the interpreter", () => {
  const venv = { ...PYTHON, executable: "/venv/bin/python3" };

  test("of the active virtual environment comes first, by its own path", () => {
    const pythons = { "/usr/bin/python3": PYTHON, "/venv/bin/python3": { ...venv, executable: "/usr/bin/python3.11" } };
    expect(settings([], { pythons, environment: { VIRTUAL_ENV: "/venv" } }).workers.python).toBe("/venv/bin/python3");
  });

  test("named with a path is taken as named", () => {
    const pythons = { "/srv/site/env/bin/python": PYTHON };
    expect(settings(["--python=env/bin/python"], { pythons }).workers.python).toBe("/srv/site/env/bin/python");
  });

  test("named without a path is looked for on the PATH", () => {
    const pythons = {
      "/usr/bin/python3.12": { ...PYTHON, executable: "/usr/bin/python3.12" },
      "/usr/bin/python3": PYTHON,
    };
    expect(settings(["--python=python3.12"], { pythons }).workers.python).toBe("/usr/bin/python3.12");
  });

  test("of the PATH is python3 before python, and what a shim stands for", () => {
    const shim = { ...PYTHON, executable: "/opt/python/bin/python3" };
    const pythons = { "/usr/local/bin/python": PYTHON, "/usr/bin/python3": shim };
    expect(settings([], { pythons }).workers.python).toBe("/opt/python/bin/python3");
    expect(settings([], { pythons: { "/usr/bin/python": { ...PYTHON, executable: "" } } }).workers.python).toBe(
      "/usr/bin/python",
    );
  });

  test("that a virtual environment lacks is worth a warning", () => {
    const lost = { environment: { VIRTUAL_ENV: "/gone" } };
    expect(warnings([], lost)).toEqual([
      "VIRTUAL_ENV is set, but there is no /gone/bin/python3; the Python of the PATH is used",
    ]);
    expect(warnings(["--python=python3"], lost)).toEqual([]);
  });

  test("that is missing, broken or too old keeps the server from starting", () => {
    const old = { "/usr/bin/python3": { ...PYTHON, version: [3, 7, 16] as const } };
    expect(problems([], { pythons: {} })[0]).toMatchObject({ exit: 1, what: "no Python interpreter was found" });
    expect(problems(["--python=/x"])[0]).toMatchObject({ exit: 1, from: [["--python", "/x"]] });
    expect(problems(["--python=x"])[0]!.what).toBe("no program x was found on the PATH");
    expect(problems([], { pythons: { "/usr/bin/python3": { failure: "boom" } } })[0]!.from).toContainEqual([
      "it said",
      "boom",
    ]);
    expect(problems([], { pythons: old })[0]).toMatchObject({ exit: 1, what: "Python 3.7.16 is too old" });
    const two = { "/usr/bin/python3": { failure: "Unknown option: -I" } };
    expect(problems([], { pythons: two })[0]).toMatchObject({ exit: 1, what: "this Python is too old" });
    const oldest = { "/usr/bin/python3": { ...PYTHON, version: [3, 8, 0] as const } };
    expect(settings([], { pythons: oldest }).workers.python).toBe("/usr/bin/python3.11");
  });

  test("that is the folder of a virtual environment is told where the interpreter is in there", () => {
    const environment = { pythons: { "/srv/site/venv/bin/python": PYTHON }, directories: ["/srv/site/venv"] };
    for (const path of ["venv/", "./venv", "/srv/site/venv"]) {
      expect(problems([`--python=${path}`], environment)[0]!.advice).toContain("such as /srv/site/venv/bin/python.");
    }
    expect(problems(["--python=./nothing"], environment)[0]!.advice).toContain("such as /usr/bin/python3.");
  });

  describe("that the user of the workers may not run", () => {
    const root = { uid: 0, closed: ["/root"] };
    const shims = { PATH: "/root/shims:/usr/bin" };
    const both = { "/root/shims/python3": PYTHON, "/usr/bin/python3": PYTHON };
    const words = ["--user=www-data"];

    test("is passed over on the PATH, with a warning", () => {
      const given = { ...root, environment: shims, pythons: both };
      expect(settings(words, given).workers.python).toBe("/usr/bin/python3.11");
      expect(warnings(words, given)).toEqual([
        "user www-data cannot run /root/shims/python3 (/root has mode 0700 and belongs to root); /usr/bin/python3 is used",
      ]);
      const named = { "/root/shims/python3.12": PYTHON, "/usr/bin/python3.12": PYTHON };
      expect(settings([...words, "--python=python3.12"], { ...given, pythons: named }).workers.python).toBe(
        "/usr/bin/python3.11",
      );
    });

    test("is found nowhere but on the PATH", () => {
      const given = { ...root, environment: { PATH: "/root/shims" }, pythons: both };
      expect(problems(words, given)).toEqual([
        {
          exit: 1,
          what: "user www-data cannot run the Python interpreter",
          from: [
            ["PATH", "/root/shims/python3"],
            ["because", "/root has mode 0700 and belongs to root"],
          ],
          advice: "Name a Python that user www-data can run, such as --python /usr/bin/python3, or another --user.",
        },
      ]);
    });

    test("keeps the server from starting when it was chosen", () => {
      const pythons = { ...both, "/root/venv/bin/python3": PYTHON };
      const denied = { exit: 1, what: "user www-data cannot run the Python interpreter" };
      expect(problems([...words, "--python=/root/shims/python3"], { ...root, pythons })).toMatchObject([
        { ...denied, from: [["--python", "/root/shims/python3"], expect.arrayContaining(["because"])] },
      ]);
      const environment = { ...shims, VIRTUAL_ENV: "/root/venv" };
      expect(problems(words, { ...root, environment, pythons })).toMatchObject([
        { ...denied, from: [["VIRTUAL_ENV", "/root/venv/bin/python3"], expect.arrayContaining(["because"])] },
      ]);
    });

    test("is no hindrance to root, nor to who is not root and so asks as who they are", () => {
      const given = { ...root, environment: shims, pythons: both };
      expect(warnings(["--user=root"], given)).toHaveLength(1);
      expect(settings(["--user=root", "--python=/root/shims/python3"], given).workers.python).toBe(
        "/root/shims/python3",
      );
      const broken = { "/root/python": { failure: "boom" } };
      expect(problems(["--python=/root/python"], { pythons: broken, closed: ["/root"] })[0]!.what).toBe(
        "the Python interpreter does not work",
      );
    });

    test("is said to be broken when the way to it is open", () => {
      const pythons = { "/opt/python": { failure: "no encodings" } };
      expect(problems([...words, "--python=/opt/python"], { ...root, pythons })[0]!.from).toEqual([
        ["--python", "/opt/python"],
        ["run as", "www-data"],
        ["it said", "no encodings"],
      ]);
    });
  });

  test("is not needed for static files alone", () => {
    expect(settings(["--application-type=static"], { pythons: {} }).workers.python).toBe("");
    expect(problems(["--application-type=static", "--python=/x"], { pythons: {} })).toHaveLength(1);
  });

  test("decides which locale replaces C, and the hidden option is second to the other", () => {
    expect(settings(["--locale=C"]).workers.locale).toBe("C.UTF-8");
    expect(settings(["--lang=de_DE.UTF-8"]).workers.locale).toBe("de_DE.UTF-8");
    expect(settings(["--lang=de_DE.UTF-8", "--locale=fr_FR.UTF-8"]).workers.locale).toBe("fr_FR.UTF-8");
  });
});

describe("a path that is not there", () => {
  const cases: readonly (readonly [words: string[], what: string])[] = [
    [["--include-file=x"], "there is no file /srv/site/x"],
    [["--include-file=/srv", "--include-file=/tmp/y"], "/srv is a directory, not a file"],
    [["--rewrite-rules=x"], "there is no file /srv/site/x"],
    [["--mime-types=/x"], "there is no file /x"],
    [["--envvars-script=/x"], "there is no file /x"],
    [["--working-directory=x"], "there is no directory /srv/site/x"],
    [["--socket-prefix=/x"], "there is no directory /x"],
    [["--server-root=/x/y"], "/x/y cannot be made: there is no directory /x"],
    [["--document-root=/x/y"], "/x/y cannot be made: there is no directory /x"],
    [["--log-directory=/x/y"], "/x/y cannot be made: there is no directory /x"],
    [["--pid-file=/x/y"], "/x/y cannot be made: there is no directory /x"],
    [["--pid-file=/srv"], "/srv is a directory, not a file"],
    [["--log-directory=/srv/file"], "/srv/file is not a directory"],
    [["--application-type=static", "/x/y"], "/x/y cannot be made: there is no directory /x"],
  ];
  for (const [words, what] of cases) {
    test(`${words.join(" ")}: ${what}`, () => {
      expect(problems(words, { files: ["/srv/file"] })[0]).toMatchObject({ exit: 1, what });
    });
  }

  test("is found for every option at once", () => {
    expect(problems(["--mime-types=/x", "--working-directory=/x", "--user=bob", "--pid-file=/srv"])).toHaveLength(4);
    expect(problems(["--mime-types=/x", "--python=/x", "--https-port=1", "--ssl-certificate=/tmp"])).toHaveLength(4);
  });

  test("may lie in a directory the server is about to make", () => {
    const words = ["--server-root=new", "--log-directory=new/logs", "--pid-file=new/logs/pid", "--socket-prefix=new"];
    expect(settings(words).logs.directory).toBe("/srv/site/new/logs");
  });

  test("may be the temporary directory itself", () => {
    expect(problems([], { environment: { TMPDIR: "/gone" } })[0]).toMatchObject({
      exit: 1,
      from: [["TMPDIR", "/gone/mod_wsgi-localhost:8000:1000"]],
    });
  });

  test("is only worth a warning for an alias", () => {
    expect(warnings(["--url-alias", "/a", "/x"])).toEqual(["--url-alias /a /x: there is no such file or directory"]);
  });
});

const file = (option: string, path: string) => ({ option: `--ssl-${option}`, path });

describe("TLS options", () => {
  const files = ["/c.crt", "/c.key", "/c", "/k", "/ca"];
  const whole = ["--https-port=8443", "--ssl-certificate-file=/c", "--ssl-certificate-key-file=/k"];

  test("name the files of a certificate and its key", () => {
    const further = ["--ssl-certificate-chain-file=/ca", "--ssl-sni-certificate=/c"];
    expect(settings([...whole, ...further, "--ssl-environment"], { files }).tls).toEqual({
      certificates: [
        {
          certificate: file("certificate-file", "/c"),
          key: file("certificate-key-file", "/k"),
          chain: file("certificate-chain-file", "/ca"),
        },
        { certificate: file("sni-certificate", "/c.crt"), key: file("sni-certificate", "/c.key"), chain: null },
      ],
      clients: null,
      environment: true,
    });
  });

  test("name them at once, which wins", () => {
    const { tls } = settings([...whole, "--ssl-certificate=c"], {
      files: [...files, "/srv/site/c.crt", "/srv/site/c.key"],
    });
    expect(tls!.certificates[0]!.certificate).toEqual({ option: "--ssl-certificate", path: "/srv/site/c.crt" });
    expect(tls!.certificates[0]!.key).toEqual({ option: "--ssl-certificate", path: "/srv/site/c.key" });
  });

  const cases: readonly (readonly [promise: string, words: string[], exit: 1 | 2, what: string])[] = [
    ["need a port", ["--ssl-certificate=/c"], 2, "there are options about TLS, but no port for it"],
    [
      "need a port to redirect to",
      ["--https-only"],
      2,
      "plain requests can't be redirected to HTTPS: nobody here speaks it",
    ],
    ["need a certificate", ["--https-port=1"], 2, "the HTTPS port needs a certificate and its key"],
    [
      "need a key",
      ["--https-port=1", "--ssl-certificate-file=/c"],
      2,
      "the HTTPS port needs a certificate and its key",
    ],
    ["need another port", [...whole, "--port=8443"], 2, "the same port cannot serve HTTP and HTTPS"],
    [
      "need an authority",
      [...whole, "--ssl-verify-client=/x"],
      2,
      "client certificates are asked for, but nothing says whose to trust",
    ],
    ["need their files", ["--https-port=1", "--ssl-certificate=/x"], 1, "there is no file /x.crt"],
    [
      "need each file",
      ["--https-port=1", "--ssl-certificate-file=/c", "--ssl-certificate-key-file=/z"],
      1,
      "there is no file /z",
    ],
  ];
  for (const [promise, words, exit, what] of cases) {
    test(promise, () => expect(problems(words, { files })).toContainEqual(expect.objectContaining({ exit, what })));
  }
});

test("files of directives are named, and rules in the server root are found", () => {
  const files = ["/etc/one.conf", "/srv/two.conf", "/srv/root/rewrite.conf", "/srv/mine.conf"];
  const given = { files, directories: ["/srv"], directory: "/srv" } as unknown as Machine;
  const none = { includeFiles: [], rewriteRules: null, allowOverride: [], included: [], rules: [] };
  expect(settings(["--allow-override=None"]).directives).toBeNull();
  expect(settings(["--allow-override=FileInfo Limit"]).directives).toEqual({
    ...none,
    allowOverride: ["FileInfo Limit"],
  });
  expect(settings(["--include-file=/etc/one.conf"], given).directives).toEqual({
    ...none,
    includeFiles: ["/etc/one.conf"],
  });
  expect(settings(["--server-root=/srv/root"], given).directives?.rewriteRules).toBe("/srv/root/rewrite.conf");
  expect(settings(["--server-root=/srv/root", "--rewrite-rules=/srv/mine.conf"], given).directives?.rewriteRules).toBe(
    "/srv/mine.conf",
  );
});

describe("an option without effect", () => {
  const flags = [...options].filter(([name, { kind }]) => kind === "flag" && !["help", "https-only"].includes(name));
  for (const [name, { status, reason }] of flags.filter((entry) => entry[1].status !== "built")) {
    const text = status === "planned" ? "accepted but has no effect in this version" : `ignored: ${reason}`;
    test(`--${name} says so, once`, () => {
      expect(warnings([`--${name}`, `--${name}`])).toEqual([`--${name} is ${text}`]);
    });
  }

  test("is not warned about when it was not used", () => {
    expect(warnings([])).toEqual([]);
  });

  test("--passenv of a variable that is not set is told", () => {
    expect(warnings(["--passenv=A", "--passenv=B"], { environment: { A: "" } })).toEqual([
      "--passenv B: there is no such variable, so requests will not have it",
    ]);
  });
});

const monitoring = (...words: string[]) => settings(["app.py", ...words]).monitoring;

describe("what the server tells of itself", () => {
  test("is served by the site where it is asked for, and with --admin-port there", () => {
    expect(monitoring("--metrics-path=/m", "--health-path=/h", "--server-status")).toMatchObject({
      metricsPath: "/m",
      healthPath: "/h",
      statusPage: true,
      admin: null,
    });
    expect(monitoring("--admin-port=9100")).toMatchObject({
      metricsPath: null,
      healthPath: null,
      statusPage: false,
      admin: { host: "127.0.0.1", port: 9100, metricsPath: "/metrics", healthPath: "/health" },
    });
    // Balancers look at the port that they send clients to.
    expect(monitoring("--admin-port=0", "--health-path=/h", "--metrics-path=/m")).toMatchObject({
      metricsPath: null,
      healthPath: "/h",
      admin: { metricsPath: "/m", healthPath: "/h" },
    });
  });
  test("has a place of its own", () => {
    for (const words of [
      ["--admin-host=127.0.0.1"],
      ["--admin-port=8000"],
      ["--metrics-path=/x", "--health-path=/x"],
      ["--server-status", "--health-path=/server-status"],
      ["--admin-port=9100", "--health-path=/metrics"],
      ["--admin-port=9100", "--metrics-path=/server-status"],
    ]) {
      expect(problems(["app.py", ...words])).toMatchObject([{ exit: 2 }]);
    }
    expect(monitoring("--health-path=/server-status", "--metrics-path=/health").statusPage).toBe(false);
  });
});
