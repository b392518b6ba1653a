/** The shell script that sets the environment of the server. */

import { expect } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { setUp } from "./controlled.ts";
import { inside, isRoot, look, refusal } from "./inside.ts";

function script(home: string, text: string, name = "vars.sh"): string {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
}

test("--envvars-script: what it exports is in the environment of the application, for --passenv and MOD_WSGI_USER too", async () => {
  using home = folder();
  const text = `
    export PLAIN=yes QUOTED="it's \\"odd\\"" LINES='a
b' OWN="$GREETING, world"
    NOT_EXPORTED=1
    unset UNWANTED
    echo this is said to nobody
  `;
  const args = ["--envvars-script", script(home.path, text), "--passenv", "PLAIN", "--locale=C.UTF-8"];
  const env = { GREETING: "hello", UNWANTED: "x" };
  await using server = await start(inside, args, { env });
  const { variables, environ } = await look(server);
  expect(variables).toMatchObject({ PLAIN: "yes", QUOTED: `it's "odd"`, LINES: "a\nb", OWN: "hello, world" });
  for (const name of ["NOT_EXPORTED", "UNWANTED", "BASH_VERSION"]) expect(variables).not.toHaveProperty(name);
  expect(environ).toMatchObject({ PLAIN: "yes" });
  expect(server.output()).toContain(`Environ Variables  : ${home.path}/vars.sh\n`);
  expect(server.output() + server.log()).not.toContain("said to nobody");
  expect(readFileSync(join(server.root, "envvars"), "utf8")).toBe(`. ${home.path}/vars.sh\n`);
});

test("--envvars-script: it can refer to the locale and the server root, and a name in a strange folder is no trouble", async () => {
  using home = folder();
  const place = join(home.path, 'it\'s `a` "place"');
  mkdirSync(place);
  const path = script(place, 'export SEEN="$LC_ALL $LANG $MOD_WSGI_SERVER_ROOT"');
  await using server = await setUp(inside, ["--envvars-script", path]);
  const { variables } = (await (await fetch(await server.start())).json()) as { variables: Record<string, string> };
  expect(variables["SEEN"]).toBe(`C.UTF-8 C.UTF-8 ${server.root}`);
});

test("--envvars-script: without it the file envvars in the server root is read, at each start", async () => {
  await using server = await setUp(inside);
  for (const value of ["first", "second"]) {
    writeFileSync(join(server.root, "envvars"), `export FROM_FILE=${value}\n`);
    const { variables } = (await (await fetch(await server.start())).json()) as { variables: Record<string, string> };
    expect(variables["FROM_FILE"]).toBe(value);
    await server.control(["stop"]);
  }
});

test("--envvars-script: one that fails keeps the server from starting, and file and line are told", async () => {
  using home = folder();
  for (const [shell, text, said] of [
    ["bash", "export A=1\nif true; then\n", "syntax error"],
    ["/bin/sh", "export A=1\n) oops\n", "yntax error"],
    ["/bin/sh", "export A=1\n: ${NOT_THERE:?is needed}\n", "is needed"],
    ["bash", "exit 3\n", "3"],
    ["bash", "exit 0\n", "it calls exit"],
  ] as const) {
    const path = script(home.path, text);
    const { code, out, err } = await refusal([`--envvars-script=${path}`, `--shell-executable=${shell}`]);
    expect({ text, code, out }).toEqual({ text, code: 1, out: "" });
    expect(err).toStartWith(`malt: error: the script ${path}, which sets the environment, failed\n`);
    expect(err).toContain(said);
    if (said.includes("yntax")) expect(err).toMatch(new RegExp(`it said .*${path}: (line )?[23]: `));
  }
});

test("--envvars-script: what it says on standard error is a warning", async () => {
  using home = folder();
  const path = script(home.path, "no-such-program\nexport LATER=1\nfalse\n");
  await using server = await start(inside, [`--envvars-script=${path}`]);
  expect(server.log()).toMatch(/^malt: warning: --envvars-script .*vars\.sh said: .*no-such-program/m);
  expect((await look(server)).variables).toMatchObject({ LATER: "1" });
});

test("--envvars-script: a file that is missing is refused", async () => {
  const { code, err } = await refusal(["--envvars-script=/no/such/vars"]);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("there is no file /no/such/vars\n") });
});

test("--envvars-script: nothing that steers the runtime of the server comes through it", async () => {
  using home = folder();
  const path = script(home.path, "export BUN_BE_BUN=1 BUN_OPTIONS=--preload=/no/such.ts\n");
  await using server = await start(inside, [`--envvars-script=${path}`]);
  const { variables } = await look(server);
  expect(Object.keys(variables).filter((name) => name.startsWith("BUN_"))).toEqual([]);
});

if (isRoot) {
  test("--envvars-script: root does not run what somebody else could change", async () => {
    using home = folder();
    const theirs = join(home.path, "theirs");
    mkdirSync(theirs);
    const path = script(theirs, "export A=1; touch /tmp/malt-envvars-was-run\n");
    for (const [spoil, repair, because] of [
      [() => chmodSync(path, 0o666), () => chmodSync(path, 0o644), `${path} has mode 0666`],
      [() => chmodSync(theirs, 0o777), () => chmodSync(theirs, 0o755), `${theirs} has mode 0777`],
      [() => chownSync(theirs, 1, 1), () => chownSync(theirs, 0, 0), `${theirs} has mode 0755 and belongs to`],
      [() => chownSync(path, 1, 1), () => chownSync(path, 0, 0), `${path} has mode 0644 and belongs to`],
    ] as const) {
      spoil();
      const { code, err } = await refusal([`--envvars-script=${path}`]);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("is not run: others could change") });
      expect(err).toContain(`because           ${because}`);
      repair();
    }
  });

  test("--envvars-script: MOD_WSGI_USER and MOD_WSGI_GROUP in it say who runs the application", async () => {
    using home = folder();
    const path = script(home.path, "export MOD_WSGI_USER=daemon MOD_WSGI_GROUP=daemon\n");
    await using server = await start(inside, [`--envvars-script=${path}`], { user: null });
    expect((await look(server)).uids).toEqual([1, 1, 1]);
  });
}
