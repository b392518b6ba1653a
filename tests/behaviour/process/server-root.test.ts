/** Where a server keeps its files, and who may touch them. */

import { expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { malt } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { inside, isRoot, look, refusal } from "./inside.ts";

const hello = app("hello.py");

/** Whether workers are somebody else than the supervisor, and so must get through folders that are not theirs. */
const dropping = isRoot && python.user === "nobody";

const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8);

/** The one folder with the sockets in `directory`. */
function socketFolder(directory: string): string {
  const [name, ...more] = readdirSync(directory).filter((entry) => entry.startsWith("wsgi."));
  if (name === undefined || more.length > 0) throw new Error(`not one folder of sockets in ${directory}`);
  return join(directory, name);
}

test("--server-root: it is made, with everything the server keeps, and nobody may write to it but who started the server", async () => {
  await using server = await start(inside, ["--setenv", "SECRET", "hops"]);
  const { root } = server;
  const { uids } = await look(server);
  const open = dropping ? "755" : "700";
  expect({ root: modeOf(root), settings: modeOf(root, "express.json"), pid: modeOf(root, "httpd.pid") }).toEqual({
    root: open,
    settings: "600",
    pid: "644",
  });
  expect([modeOf(root, "htdocs"), modeOf(root, "worker"), modeOf(root, "worker", "_malt")]).toEqual([
    "755",
    "755",
    "755",
  ]);
  expect(statSync(root).uid).toBe(process.getuid?.() ?? -1);
  expect(JSON.parse(readFileSync(join(root, "express.json"), "utf8"))).toMatchObject({
    environ: { set: [["SECRET", "hops"]] },
  });

  const sockets = socketFolder(root);
  expect({ name: sockets, mode: modeOf(sockets), uid: statSync(sockets).uid }).toEqual({
    name: join(root, `wsgi.${server.pid}.u${uids[1]}`),
    mode: "700",
    uid: uids[1] ?? -1,
  });
  const [socket = ""] = readdirSync(sockets);
  expect(statSync(join(sockets, socket)).isSocket()).toBeTrue();
  expect(modeOf(sockets, socket)).toBe("600");
});

test("--server-root: what a stopped server leaves is no trace of its processes, and the next one starts from there", async () => {
  using home = folder();
  const root = join(home.path, "root");
  for (let round = 0; round < 2; round += 1) {
    await using server = await start(hello, [`--server-root=${root}`]);
    expect(await server.text("/")).toBe("Hello, World!\n");
    expect(await server.stop()).toBe(0);
    const left = readdirSync(root).toSorted();
    expect(left.filter((name) => name.startsWith("wsgi.") || name.endsWith(".pid"))).toEqual([]);
    const files = ["apachectl", "envvars", "express.json", "htdocs", "python-eggs", "rewrite.conf", "worker"];
    expect(left).toEqual(files);
  }
});

test("--server-root: whoever starts the server with a umask that closes everything to others keeps nobody from serving", async () => {
  const program = ["/bin/sh", "-c", 'umask 077; exec "$0" "$@"', malt];
  await using server = await start(hello, [], { program, without: ["--log-to-terminal"] });
  writeFileSync(join(server.root, "htdocs", "page.txt"), "a page");
  expect(await server.text("/page.txt")).toBe("a page");
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect([modeOf(server.root, "express.json"), modeOf(server.root, "error_log")]).toEqual(["600", "600"]);
});

test("--server-root: without it, the server keeps its files in the temporary directory, in a folder named after its address and user", async () => {
  using home = folder();
  await using server = await start(hello, ["--host=127.0.0.1"], {
    without: ["--server-root"],
    env: { TMPDIR: `${home.path}//` },
  });
  const root = join(home.path, `mod_wsgi-127.0.0.1:0:${process.getuid?.()}`);
  expect(server.output()).toContain(`Server Root        : ${root}\n`);
  expect(modeOf(root)).toBe(dropping ? "755" : "700");
  expect(existsSync(join(root, "express.json"))).toBeTrue();
});

/** What a start with the default server root, which is below `temporary`, fails with; "" when it does not fail. */
async function failureBelow(temporary: string): Promise<string> {
  try {
    await using _ = await start(hello, [], { without: ["--server-root"], env: { TMPDIR: temporary }, until: "banner" });
    return "";
  } catch (error) {
    return String(error);
  }
}

test("--server-root: a default one that somebody else may have made or may write to is not used", async () => {
  const name = `mod_wsgi-localhost:0:${process.getuid?.()}`;
  const traps: readonly (readonly [make: (path: string, home: string) => void, why: string])[] = [
    [(path) => (mkdirSync(path), chmodSync(path, 0o777)), "may be written to by others"],
    [(path) => (mkdirSync(path), chmodSync(path, 0o775)), "may be written to by others"],
    [(path, home) => (mkdirSync(join(home, "x")), symlinkSync(join(home, "x"), path)), "is not a directory of its own"],
    [(path) => writeFileSync(path, ""), "is not a directory"],
    ...(isRoot
      ? ([[(path: string) => (mkdirSync(path), chownSync(path, 4711, 4711)), "belongs to user id 4711"]] as const)
      : []),
  ];
  for (const [make, why] of traps) {
    using home = folder();
    const path = join(home.path, name);
    make(path, home.path);
    const failure = await failureBelow(home.path);
    expect(failure).toContain(path);
    expect(failure).toContain(why);
    expect(readdirSync(home.path).filter((entry) => entry !== "x")).toEqual([name]);
  }
});

if (dropping) {
  test("--server-root: root uses no folder that belongs to another user or that others may write to", async () => {
    using home = folder();
    const root = join(home.path, "root");
    mkdirSync(root);
    chownSync(root, 4711, 4711);
    const owned = await refusal([`--server-root=${root}`, hello]);
    expect(owned).toMatchObject({ code: 1, err: expect.stringContaining(`${root} belongs to user id 4711`) });
    chownSync(root, 0, 0);
    chmodSync(root, 0o777);
    const writable = await refusal([`--server-root=${root}`, hello]);
    expect(writable).toMatchObject({ code: 1, err: expect.stringContaining(`${root} may be written to by others`) });
    chmodSync(root, 0o700);
    const closed = await refusal([`--server-root=${root}`, hello]);
    expect(closed).toMatchObject({ code: 1, err: expect.stringContaining(`chmod o+x ${root}`) });
    expect(readdirSync(root)).toEqual([]);
  });
} else {
  console.warn("NOT TESTED: the owner checks of --server-root as root");
}

test("--server-root: one whose parent is missing is refused", async () => {
  const { code, err } = await refusal(["--server-root=/no/such/root"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("mkdir -p /no/such makes it.") });
});

test("--server-root: two servers cannot share one, and the second says who has it", async () => {
  await using server = await start(hello);
  const { code, err } = await refusal([hello, `--server-root=${server.root}`]);
  expect(code).toBe(1);
  expect(err).toContain(`another server (pid ${server.pid}) runs from the server root ${server.root}`);
  expect(await server.text("/")).toBe("Hello, World!\n");
  expect(readFileSync(join(server.root, "httpd.pid"), "utf8")).toBe(`${server.pid}\n`);
});

test("--pid-file: it has the number of the supervisor while the server runs, and is gone afterwards", async () => {
  using home = folder();
  const own = join(home.path, "malt.pid");
  // Left by a server that was killed.
  writeFileSync(own, "4711\n");
  for (const args of [[], [`--pid-file=${own}`]]) {
    await using server = await start(hello, args);
    const path = args.length === 0 ? join(server.root, "httpd.pid") : own;
    expect(readFileSync(path, "utf8")).toBe(`${server.pid}\n`);
    expect(existsSync(join(server.root, "httpd.pid"))).toBe(args.length === 0);
    expect(await server.stop()).toBe(0);
    expect(existsSync(path)).toBeFalse();
  }
});

test("--pid-file: one that cannot be written is refused", async () => {
  for (const [path, why] of [
    ["/no/such/malt.pid", "there is no directory /no/such"],
    ["/tmp", "/tmp is a directory, not a file"],
  ] as const) {
    const { code, err } = await refusal([`--pid-file=${path}`]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(why) });
  }
});

test("--socket-prefix: the sockets of the workers are there instead of in the server root", async () => {
  using home = folder();
  chmodSync(home.path, 0o711);
  await using server = await start(inside, [`--socket-prefix=${home.path}`]);
  const { uids } = await look(server);
  expect(readdirSync(home.path)).toEqual([`wsgi.${server.pid}.u${uids[1]}`]);
  expect(readdirSync(server.root).filter((name) => name.startsWith("wsgi."))).toEqual([]);
  expect(await server.stop()).toBe(0);
  expect(readdirSync(home.path)).toEqual([]);
});

test("--socket-prefix: it is the way out when the path of the server root is too long for a socket", async () => {
  using home = folder();
  const root = join(home.path, "r".repeat(100));
  const { code, err, out } = await refusal([hello, `--server-root=${root}`]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(/a worker socket would have \d+ bytes, and the system allows 107/);
  expect(err).toContain("--socket-prefix");
  await using server = await start(hello, [`--server-root=${root}`, `--socket-prefix=${home.path}`]);
  expect(await server.text("/")).toBe("Hello, World!\n");
});

test("--socket-prefix: a folder that is missing is refused", async () => {
  const { code, err } = await refusal(["--socket-prefix=/no/such/folder"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("there is no directory /no/such/folder") });
});
