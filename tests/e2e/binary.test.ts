/** The executable by itself: it needs nothing around it, and nothing around it changes what it does. */

import { expect } from "bun:test";
import { chmodSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../harness/binary.ts";
import { folder } from "../harness/folders.ts";
import { processes } from "../harness/processes.ts";
import { start } from "../harness/server.ts";
import { test } from "../harness/test.ts";

const application = join(import.meta.dir, "apps", "environment.py");

/** Code that a hostile file tries to have run: it leaves a trace. */
function trap(home: string): { script: string; sprung: () => boolean } {
  const trace = join(home, "the-trap-has-sprung");
  const script = join(home, "trap.ts");
  writeFileSync(script, `require("node:fs").writeFileSync(${JSON.stringify(trace)}, "");\n`);
  // The front end may run as somebody else, and must not be kept from leaving a trace.
  chmodSync(home, 0o777);
  return { script, sprung: () => existsSync(trace) };
}

test("serves with an empty environment but for PATH", async () => {
  await using server = await start(application, [], { program: ["env", "-i", "PATH=/usr/bin:/bin", malt] });
  expect(await (await server.get("/")).json()).toHaveProperty("PATH", "/usr/bin:/bin");
});

test("serves when a shell script starts it", async () => {
  using home = folder();
  const script = join(home.path, "serve");
  writeFileSync(script, `#!/bin/sh\nset -eu\nGREETING=hello\nexport GREETING\nexec ${malt} "$@"\n`);
  chmodSync(script, 0o755);
  await using server = await start(application, [], { program: [script] });
  expect(await (await server.get("/")).json()).toHaveProperty("GREETING", "hello");
});

test("serves from a directory that nobody can write to", async () => {
  expect(() => writeFileSync("/proc/malt-test", "")).toThrow();
  await using server = await start(application, [], { cwd: "/proc" });
  expect((await server.get("/")).status).toBe(200);
});

const hostile: Record<string, (trapScript: string) => string> = {
  ".env": () => "MALT_HOSTILE=1\n",
  "bunfig.toml": (script) => `preload = [${JSON.stringify(script)}]\n`,
  "package.json": () => "{ this is not JSON",
  "tsconfig.json": () => '{ "extends": "./missing.json", this is not JSON',
};

for (const [name, content] of Object.entries(hostile)) {
  test(`a ${name} in the current directory changes nothing`, async () => {
    using home = folder();
    const { script, sprung } = trap(home.path);
    writeFileSync(join(home.path, name), content(script));
    await using server = await start(application, [], { cwd: home.path });
    expect(await (await server.get("/")).json()).not.toHaveProperty("MALT_HOSTILE");
    expect(sprung()).toBeFalse();
    expect(server.log()).not.toContain(name);
  });
}

test("BUN_OPTIONS cannot bring foreign code into the program", async () => {
  using home = folder();
  const { script, sprung } = trap(home.path);
  const env = { PATH: "/usr/bin:/bin", BUN_OPTIONS: `--preload=${script}` };
  await run([malt, "--help"], { env });
  expect(sprung()).toBeFalse();

  // The trap itself is sound: in a plain bun it springs.
  writeFileSync(join(home.path, "empty.ts"), "");
  await run([process.execPath, join(home.path, "empty.ts")], { env });
  expect(sprung()).toBeTrue();
});

test("BUN_BE_BUN=1 makes it a plain bun, as every program that Bun compiles: who sets its environment owns it", async () => {
  const { out, code } = await run([malt, "--version"], { env: { PATH: "/usr/bin:/bin", BUN_BE_BUN: "1" } });
  expect(code).toBe(0);
  expect(out.trim()).toBe(Bun.version);
});

test("variables that mean something to Bun do not reach the application", async () => {
  await using server = await start(application, [], {
    env: { BUN_INSTALL: "/nowhere", BUN_CONFIG_NO_CLEAR: "1", BUNDLE_PATH: "kept", KEPT: "yes" },
  });
  const environment = (await (await server.get("/")).json()) as Record<string, string>;
  expect(Object.keys(environment).filter((name) => name.startsWith("BUN_"))).toEqual([]);
  expect(environment).toMatchObject({ BUNDLE_PATH: "kept", KEPT: "yes" });
});

test("under the name mod_wsgi-express it serves, and calls itself by that name", async () => {
  using home = folder();
  const link = join(home.path, "mod_wsgi-express");
  symlinkSync(malt, link);
  {
    await using server = await start(application, [], { program: [link] });
    expect((await server.get("/")).status).toBe(200);
  }
  const { code, err } = await run([link, "start-server", "--no-such-option"]);
  expect(code).toBe(2);
  expect(err).toContain("mod_wsgi-express: error: no such option: --no-such-option");
});

test("as process 1 of a container it serves, and ends with 0 on SIGTERM", async () => {
  const unshare = ["unshare", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];
  const contain = [...unshare, "--fork", "--pid", "--mount-proc", "--kill-child"];
  const probe = await run([...contain, "true"]);
  if (probe.code !== 0) {
    console.warn(`NOT TESTED: malt as process 1, because this system allows no new PID namespace: ${probe.err}`);
    expect(probe.err).toMatch(/not permitted|denied|No space left/);
    return;
  }
  await using server = await start(application, [], { program: [...contain, malt], until: "banner" });
  expect((await server.get("/")).status).toBe(200);
  const first = processes().find(({ ppid }) => ppid === server.pid);
  expect(first?.words[0]).toBe(malt);
  process.kill(first?.pid ?? 0, "SIGTERM");
  expect(await server.exited).toBe(0);
});
