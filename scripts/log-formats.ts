/**
 * Malt's access log against that of a real Apache: the same requests for the same files, and 200 generated formats. Needs
 * apache2 with its standard modules (the packages apache2-bin of Debian) and dist/malt. Not a part of the tests.
 *
 *     bun scripts/log-formats.ts [SEED]
 *
 * All formats are written as one, with a mark between them, so that one start of each server does for all. What can't be
 * equal, such as times and process ids, is compared by its shape: each digit as 9. docs/differences.md explains what differs:
 * what is no request line at all, and the bytes of pipelined requests. Exit status 1 when anything does.
 */

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const APACHE = "/usr/sbin/apache2";
const MODULES = "/usr/lib/apache2/modules";
const COUNT = 200;
const MARK = "<#>";
const PATIENCE_MS = 10_000;

/** Directives whose text is the same in both servers, for the same request. Error pages differ in length. */
const STABLE = [
  ..."AHUahlmqrsuvV".split("").map((letter) => `%${letter}`),
  ..."%>s %<s %{c}a %{c}h %>U %<r %k %X %I %% %<u %<U".split(" "),
  ..."%{Host}i %{user-agent}i %{X-Odd}i %{Missing}i %{Accept}i %{Cookie}i %{Referer}i".split(" "),
  ..."%{one}C %{TWO}C %{three}C %{empty}C %{missing}C".split(" "),
  ..."%{Content-Type}o %{Missing}o %{Allow}o".split(" "),
  ..."%{colour}e %{blank}e %{missing}e %{missing}n %{missing}^ti %{missing}^to".split(" "),
  ..."%404{Host}i %!404{User-agent}i %200,404r %!200,404,400r %{Host}200i %400s %!304>s %200b %200,206B %200{Content-Length}o".split(
    " ",
  ),
];

/** Compared by their shape, each in a format of its own. */
const SHAPED = [
  ..."%t %{begin}t %{end}t %{sec}t %{msec}t %{usec}t %{msec_frac}t %{usec_frac}t %{begin:sec}t %{end:usec_frac}t".split(
    " ",
  ),
  ..."%{begin:msec}t %{end:msec_frac}t %{end:sec}t %P %{pid}P %{remote}p %{local}p %{Local}p".split(" "),
  ..."aAbBCdDeFgGhHIjklmMnpPrRSTuUVwWyYzZ".split("").map((letter) => `%{%${letter}}t`),
  ..."%{%-d}t %{%_5H}t %{%^a}t %{begin:%Y-%m-%d}t %{end:%H%%}t %{plain}t %{%05j}t".split(" "),
];

const TEXTS = [" ", '"', "\\t", "\\\\", "\\q", '\\"', "-", "[", "]", "text", "%%", "\u00e9", "'", "\\n|"];

/** Requests as they go over the wire, each on a connection of its own unless they are sent together. */
const REQUESTS = [
  "GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
  'GET /a.txt?q="1"&b=%20 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a "b" \\c\r\nReferer: http://r/\u00e9\r\n\r\n',
  "GET /a.txt? HTTP/1.1\r\nHost: localhost\r\nCookie: one=1; Two = 2 ; empty=; three=a=b\r\n\r\n",
  "HEAD /a.txt HTTP/1.1\r\nHost: localhost\r\nX-Odd: \t tab\tin \u00ff\r\nAccept: a\r\nAccept: b\r\n\r\n",
  "GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /dir HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /caf%c3%a9.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /a.txt HTTP/1.0\r\n\r\n",
  "GET /a.txt HTTP/1.0\r\nHost: other.example\r\nConnection: keep-alive\r\n\r\n",
  "GET /a.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
  "GET /a.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1-2\r\n\r\n",
  "GET http://localhost/a.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /empty.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /a.txt HTTP/1.1\r\nHost: localhost\r\n\r\nGET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /a.txt HTTP/1.1\r\nHost: localhost\r\nBad Field: 1\r\n\r\n",
  "GET /a.txt HTTP/1.1\r\n\r\n",
  "nonsense\r\n\r\n",
];

/** A generator of Lehmer's: the same formats for the same seed. */
function lehmer(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function formats(seed: number): readonly string[] {
  const below = lehmer(seed);
  const pick = (from: readonly string[]) => from[below(from.length)] ?? "";
  const mixed = Array.from({ length: COUNT - SHAPED.length }, () =>
    Array.from({ length: 1 + below(5) }, () => pick(TEXTS) + pick(STABLE)).join(""),
  );
  return [...SHAPED, ...mixed];
}

/** The whole format for a configuration file, or for a command line. */
const joined = (all: readonly string[]) => `${MARK}${all.join(MARK)}${MARK}`;

interface Running {
  readonly port: number;
  /** Ends the server, and returns its access log. */
  end(): Promise<string>;
}

async function startApache(home: string, docs: string, format: string): Promise<Running> {
  const port = freePort();
  const log = join(home, "apache_access");
  const modules = ["mpm_event", "authz_core", "mime", "env", "dir"].map(loadModule);
  const user = process.getuid?.() === 0 ? ["User nobody", "Group nogroup"] : [];
  const conf = [
    `ServerRoot ${home}`,
    `PidFile ${home}/apache.pid`,
    `Listen 127.0.0.1:${port}`,
    "ServerName localhost",
    ...modules,
    "TypesConfig /dev/null",
    "AddType text/plain .txt",
    ...user,
    `DocumentRoot ${docs}`,
    "<Directory />",
    "Require all granted",
    "</Directory>",
    'SetEnv colour "r\u00f6t"',
    'SetEnv blank ""',
    `ErrorLog ${home}/apache_error`,
    `LogFormat "${format.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}" all`,
    `CustomLog ${log} all`,
  ];
  writeFileSync(join(home, "apache.conf"), `${conf.join("\n")}\n`);
  const child = Bun.spawn([APACHE, "-f", join(home, "apache.conf"), "-DFOREGROUND"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await reachable(port);
  return {
    port,
    async end() {
      child.kill("SIGTERM");
      await child.exited;
      return readFileSync(log, "latin1");
    },
  };
}

function loadModule(name: string): string {
  return `LoadModule ${name}_module ${MODULES}/mod_${name}.so`;
}

async function startMalt(home: string, docs: string, format: string): Promise<Running> {
  const malt = fileURLToPath(new URL("../dist/malt", import.meta.url));
  const port = freePort();
  const root = join(home, "malt");
  const words = ["--application-type=static", `--document-root=${docs}`, `--port=${port}`, `--server-root=${root}`];
  const logs = [
    "--access-log",
    `--access-log-format=${format}`,
    "--setenv",
    "colour",
    "r\u00f6t",
    "--setenv",
    "blank",
    "",
  ];
  const user = process.getuid?.() === 0 ? ["--user=nobody"] : [];
  const child = Bun.spawn([malt, "start-server", ...words, ...logs, ...user], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await reachable(port);
  return {
    port,
    async end() {
      child.kill("SIGTERM");
      await child.exited;
      return readFileSync(join(root, "access_log"), "latin1");
    },
  };
}

function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}

async function reachable(port: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (
    !(await exchange(port, "").then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error(`nobody listens on port ${port}`);
    await Bun.sleep(50);
  }
}

/** Sends `request`, if any, and resolves when the server has closed; which it does, as the client sends its FIN. */
function exchange(port: number, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", reject);
    socket.on("close", () => resolve());
    socket.on("connect", () => {
      if (request === "") socket.destroy();
      else socket.write(Buffer.from(request, "latin1"));
    });
    // A FIN with the request might be taken for a client that has gone.
    socket.once("data", () => setTimeout(() => socket.end(), 30));
    socket.on("data", () => undefined);
  });
}

/** The parts of each record, by the marks between them. */
function records(log: string, parts: number): string[][] {
  const all = log.split(MARK);
  const rows: string[][] = [];
  // Behind the last mark of a record is its newline.
  for (let at = 1; at + parts <= all.length; at += parts + 1) rows.push(all.slice(at, at + parts));
  return rows;
}

const shape = (text: string) => text.replace(/\d+/g, (digits) => (digits.length > 9 ? "9".repeat(digits.length) : "9"));

const seed = Number(process.argv[2] ?? 1);
const all = formats(seed);
const home = mkdtempSync(join(tmpdir(), "malt-formats-"));
chmodSync(home, 0o755);
const docs = join(home, "docs");
mkdirSync(join(docs, "dir"), { recursive: true });
for (const [name, text] of [
  ["a.txt", "hello\n"],
  ["caf\u00e9.txt", "x"],
  ["empty.txt", ""],
] as const)
  writeFileSync(join(docs, name), text);
let differences = 0;
try {
  const servers = [await startApache(home, docs, joined(all)), await startMalt(home, docs, joined(all))];
  for (const { port } of servers) for (const request of REQUESTS) await exchange(port, request);
  const [theirs = [], ours = []] = (await Promise.all(servers.map((server) => server.end()))).map((log, index) =>
    records(log.replaceAll(String(servers[index]?.port), "PORT"), all.length),
  );
  const seen = new Set<string>();
  for (const [row, expected] of theirs.entries()) {
    for (const [column, format] of all.entries()) {
      const [a = "", b = "missing"] = [expected[column], ours[row]?.[column]];
      if (a === b || (SHAPED.includes(format) && shape(a) === shape(b))) continue;
      differences += 1;
      const request = (expected[all.indexOf("%r")] ?? `request ${row + 1}`).slice(0, 60);
      if (!seen.has(format))
        console.log(`${format}\n  ${request}\n  apache  ${JSON.stringify(a)}\n  malt    ${JSON.stringify(b)}`);
      seen.add(format);
    }
  }
  console.log(
    `seed ${seed}: ${all.length} formats, ${theirs.length} records of Apache, ${ours.length} of Malt: ${differences} differences in ${seen.size} formats`,
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.exit(differences === 0 ? 0 : 1);
