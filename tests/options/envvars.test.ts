import { describe, expect, test } from "bun:test";
import { parseArguments, type Parsed } from "../../lib/options/argv.ts";
import { prepare, type Invocation } from "../../lib/options/prepare.ts";
import { adoptVariables } from "../../lib/options/resolve/envvars.ts";
import { exposureOf } from "../../lib/options/resolve/permissions.ts";
import type { Exports } from "../../lib/options/facts.ts";
import { entries, machine, type Machine } from "./machine.ts";

const STICKY = 0o1777;

describe("what others could change", () => {
  const cases: readonly (readonly [promise: string, tree: Parameters<typeof entries>[0], at: string | null])[] = [
    ["nothing, where all is root's", { "/srv/vars": { mode: 0o644 } }, null],
    ["nothing, where it is one's own", { "/srv": { uid: 1000 }, "/srv/vars": { uid: 1000, mode: 0o600 } }, null],
    ["a file of another user", { "/srv/vars": { uid: 33 } }, "/srv/vars"],
    ["a file that its group may write to", { "/srv/vars": { mode: 0o664 } }, "/srv/vars"],
    ["a file that everybody may write to", { "/srv/vars": { mode: 0o646 } }, "/srv/vars"],
    ["a file in a folder of another user", { "/srv": { uid: 33 }, "/srv/vars": {} }, "/srv"],
    ["a file in a folder that its group may write to", { "/srv": { mode: 0o775 }, "/srv/vars": {} }, "/srv"],
    ["nothing, in a sticky folder, where others only add", { "/srv": { mode: STICKY }, "/srv/vars": {} }, null],
    ["a file of another user in a sticky folder", { "/srv": { mode: STICKY }, "/srv/vars": { uid: 33 } }, "/srv/vars"],
    ["a link of another user", { "/srv/vars": { uid: 33, target: "/etc/vars" }, "/etc/vars": {} }, "/srv/vars"],
    ["what a link leads to", { "/srv/vars": { target: "../var/x/vars" }, "/var/x": { mode: 0o777 } }, "/var/x"],
    ["nothing, where the way ends", { "/srv": {} }, null],
  ];
  for (const [promise, tree, at] of cases) {
    test(`is ${promise}`, () => {
      expect(exposureOf("/srv/vars", 1000, entries(tree))?.path ?? null).toBe(at);
    });
  }
});

function parsed(words: readonly string[]): Parsed {
  const parse = parseArguments(words);
  if (parse.kind !== "parsed") throw new Error(JSON.stringify(parse));
  return parse.parsed;
}

const exporting =
  (more: Readonly<Record<string, string>>, said = "") =>
  (environment: Readonly<Record<string, string | undefined>>): Exports => ({
    environment: { ...environment, ...more },
    said,
  });

const adopt = (words: readonly string[], given: Machine) => adoptVariables(parsed(words), machine(given));

const ROOT = "/tmp/mod_wsgi-localhost:8000:1000";

describe("the environment", () => {
  test("stays what it is without a script, and with an empty one", () => {
    for (const files of [[], [`${ROOT}/envvars`]]) {
      const adopted = adopt([], { environment: { A: "b" }, files });
      expect(adopted).toEqual({ environment: { PATH: "/usr/local/bin:/usr/bin", A: "b" }, warnings: [] });
    }
  });

  test("is what envvars in the server root exports, or else the script that is named", () => {
    const files = [`${ROOT}/envvars`, "/srv/site/mine"];
    const scripts = { [`${ROOT}/envvars`]: exporting({ A: "default" }), "/srv/site/mine": exporting({ A: "mine" }) };
    expect(adopt([], { files, scripts })).toMatchObject({ environment: { A: "default" } });
    expect(adopt(["--envvars-script=mine"], { files, scripts })).toMatchObject({ environment: { A: "mine" } });
  });

  test("a script sees the server root, and the locale that was asked for", () => {
    const files = ["/srv/site/mine"];
    const scripts = { "/srv/site/mine": exporting({}) };
    expect(adopt(["--envvars-script=mine", "--lang=x"], { files, scripts })).toMatchObject({
      environment: { LANG: "x", LC_ALL: "x", MOD_WSGI_SERVER_ROOT: ROOT },
    });
    expect(adopt(["--envvars-script=mine"], { files, scripts })).not.toHaveProperty(["environment", "LANG"]);
  });

  test("what a script says is a warning, and what stops it a problem", () => {
    const files = ["/srv/site/mine"];
    const words = ["--envvars-script=mine"];
    expect(adopt(words, { files, scripts: { "/srv/site/mine": exporting({}, "oh") } })).toMatchObject({
      warnings: ["--envvars-script /srv/site/mine said: oh"],
    });
    expect(adopt(words, { files, scripts: { "/srv/site/mine": () => ({ failure: "line 3: no" }) } })).toMatchObject({
      exit: 1,
      from: [
        ["--envvars-script", "/srv/site/mine"],
        ["it said", "line 3: no"],
      ],
    });
  });

  test("a script that others could change is not run by root, nor from a server root that anyone could have made", () => {
    const path = "/srv/site/mine";
    const theirs = { files: [path, `${ROOT}/envvars`], scripts: { [path]: exporting({}) }, entries: {} };
    const named = { ...theirs, entries: { [path]: { uid: 33 } } };
    const words = [`--envvars-script=${path}`];
    expect(adopt(words, { ...named, uid: 0 })).toMatchObject({
      what: `the script ${path} is not run: others could change what it does`,
    });
    expect(adopt(words, named)).toHaveProperty("environment");

    const scripts = { [`${ROOT}/envvars`]: exporting({ A: "trap" }) };
    const guessed = { ...theirs, scripts, entries: { "/tmp": { mode: STICKY }, [ROOT]: { uid: 33 } } };
    expect(adopt([], guessed)).toMatchObject({
      from: [
        ["envvars", `${ROOT}/envvars`],
        ["because", `${ROOT} has mode 0755 and belongs to www-data`],
      ],
    });
    expect(adopt([`--server-root=${ROOT}`], guessed)).toMatchObject({ environment: { A: "trap" } });
  });
});

describe("starting again", () => {
  const program = { name: "malt", version: "1" } as const;
  const rest = { program, width: 80, formatProblem: () => null };
  const settingsOf = (invocation: Pick<Invocation, "command" | "words" | "environment" | "pinned">, given: Machine) => {
    const prepared = prepare({ ...rest, ...invocation }, () => machine(given));
    if (!("settings" in prepared)) throw new Error(JSON.stringify(prepared));
    return prepared;
  };

  test("comes to the same settings, wherever and with whatever PATH and locale", () => {
    const words = ["$WHAT.py", "--python-path=lib", "--setenv", "A", "$HOME", "--port=1"];
    const environment = { WHAT: "app", LANG: "C.UTF-8" };
    const first = settingsOf(
      { command: "setup-server", words, environment },
      { environment, files: ["/srv/site/app.py"] },
    );
    expect(first).toMatchObject({ kind: "setup", settings: { application: { entryPoint: "/srv/site/app.py" } } });
    const { settings } = first;
    const again = settingsOf(
      {
        command: "start-server",
        words: settings.program.words,
        environment: null,
        pinned: {
          "setup-only": false,
          "server-root": settings.server.root,
          "shell-executable": settings.server.shell,
          locale: settings.workers.locale,
          python: settings.workers.python,
        },
      },
      {
        directory: settings.program.directory,
        environment: { PATH: "/no/where", LANG: "de_DE", HOME: "/root", TMPDIR: "/srv" },
        files: ["/srv/site/app.py"],
        directories: [settings.server.root],
        pythons: { [settings.workers.python]: { version: [3, 11, 7], executable: "/else", locales: [] } },
      },
    );
    expect(again.kind).toBe("start");
    expect({ ...again.settings, program: null }).toEqual({ ...settings, program: null });
    expect(again.settings.program).toMatchObject({ command: "control", words: settings.program.words });
  });

  test("--setup-only: the option and the command both start nothing", () => {
    const environment = {};
    for (const [command, words] of [
      ["setup-server", []],
      ["start-server", ["--setup-only"]],
    ] as const) {
      expect(settingsOf({ command, words, environment }, {}).kind).toBe("setup");
    }
    expect(settingsOf({ command: "start-server", words: [], environment }, {}).kind).toBe("start");
  });
});
