/** The control script and the settings it starts from, without a server. */

import { expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serviceRestartAfter } from "../../lib/supervisor/backoff.ts";
import { controlScript, shellWord } from "../../lib/supervisor/control-script.ts";
import { savedIn } from "../../lib/supervisor/saved.ts";
import { folder } from "../harness/folders.ts";
import { settingsIn } from "./settings.ts";

const ODD = ["", "plain-1.2/3", "it's", "$HOME", "a b", "\n", "`id`", '"', "\\", "#1000", "*", "-n", "é", "~", "!x"];

test("any text is one word for a shell", () => {
  const { stdout } = Bun.spawnSync(["sh", "-c", `printf '%s|' ${ODD.map(shellWord).join(" ")}`]);
  expect(stdout.toString()).toBe(ODD.map((word) => `${word}|`).join(""));
});

/** Runs the script with a program in place of ours that tells what it was given. */
function told(given: Parameters<typeof settingsIn>[1], environment: Readonly<Record<string, string>>) {
  using home = folder();
  const program = join(home.path, "it's a program");
  writeFileSync(program, '#!/bin/sh\npwd\nprintf "%s|" "$@"\nprintf "\\n"\n/usr/bin/env -0\n');
  chmodSync(program, 0o755);
  const script = join(home.path, "apachectl");
  writeFileSync(script, controlScript(settingsIn(home.path, given), [program]));
  chmodSync(script, 0o755);
  const { stdout } = Bun.spawnSync([script, "start", "a b"], { env: { ...environment } });
  const [cwd, words, ...rest] = stdout.toString().split("\n");
  const pairs = rest
    .join("\n")
    .split("\0")
    .map((pair) => pair.split(/=([^]*)/, 2));
  return { cwd, words, variables: Object.fromEntries(pairs) as Record<string, string>, home: home.path };
}

test("the script calls the program with its words, in the working directory, with what the original exports", () => {
  const given = {
    identity: { user: "#1000", group: "it's" },
    workers: { workingDirectory: "/usr", locale: "C.UTF-8" },
    listeners: { hostLabel: "[::1]", port: 8000 },
    server: { modulesDirectory: "/modules of $HOME" },
  };
  const { cwd, words, variables, home } = told(given, {});
  expect({ cwd, words }).toEqual({ cwd: "/usr", words: `control|${home}/root|start|a b|` });
  expect(variables).toMatchObject({
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    MOD_WSGI_MODULES_DIRECTORY: "/modules of $HOME",
    MOD_WSGI_SERVER_ROOT: `${home}/root`,
    MOD_WSGI_LISTENER_HOST: "[::1]",
    MOD_WSGI_HTTP_PORT: "8000",
    MOD_WSGI_HTTPS_PORT: "None",
    MOD_WSGI_USER: "#1000",
    MOD_WSGI_GROUP: "it's",
    MOD_WSGI_WORKING_DIRECTORY: "/usr",
  });
});

test("whoever calls the script may name another user and group, under two names each", () => {
  const given = { identity: { user: "ann", group: "staff" } };
  for (const [environment, user, group] of [
    [{ MOD_WSGI_USER: "bob" }, "bob", "staff"],
    [{ WSGI_RUN_USER: "bob", WSGI_RUN_GROUP: "men" }, "bob", "men"],
    [{ MOD_WSGI_USER: "eve", WSGI_RUN_USER: "bob", MOD_WSGI_GROUP: "" }, "eve", "staff"],
  ] as const) {
    expect(told(given, environment).variables).toMatchObject({ MOD_WSGI_USER: user, MOD_WSGI_GROUP: group });
  }
});

test("the script goes on in / when the working directory is gone", () => {
  expect(told({ workers: { workingDirectory: "/no/such" } }, {}).cwd).toBe("/");
});

test("settings are understood when a server can be started from them, whatever else is there", () => {
  const settings = settingsIn("/srv");
  expect(savedIn(JSON.stringify({ ...settings, more: 1 }))).toMatchObject({ server: { root: "/srv/root" } });
  for (const text of ["", "null", "[]", "{}", '{"program":{"words":[]}}', '{"program":{},"server":{}}']) {
    expect(savedIn(text)).toBeUndefined();
  }
});

const endings: readonly (readonly [
  failures: number,
  failed: boolean,
  ranMs: number,
  early: number,
  delayMs: number,
])[] = [
  [0, false, 5, 0, 1000],
  [3, false, 5, 0, 1000],
  [0, true, 5, 1, 1000],
  [1, true, 5, 2, 2000],
  [4, true, 29_000, 5, 16_000],
  [5, true, 5, 6, 30_000],
  [50, true, 5, 51, 30_000],
  [50, true, 30_000, 1, 1000],
];
for (const [failures, failed, ranMs, early, delayMs] of endings) {
  const how = failed ? `failed after ${ranMs} ms and ${failures} failures` : "is done";
  test(`a service that ${how} waits ${delayMs} ms`, () => {
    expect(serviceRestartAfter(failures, failed, ranMs)).toEqual({ early, delayMs });
  });
}
