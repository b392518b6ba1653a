/** The picture of the parts, held against what the files really import and call. */

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const checkout = join(import.meta.dir, "..");

/** Which rooms the files of a room may import from, besides their own. Dependencies point one way. */
const allowed: Record<string, readonly string[]> = {
  cli: ["directives", "options", "supervisor", "frontend", "metrics", "settings", "logs", "os"],
  supervisor: ["worker", "control", "metrics", "tls", "settings", "logs", "os"],
  frontend: ["pipeline", "handlers", "http", "channel", "control", "metrics", "tls", "settings", "logs", "os"],
  pipeline: ["directives", "handlers", "http", "settings", "logs", "os"],
  directives: ["http", "settings", "os"],
  handlers: ["http", "channel", "metrics", "settings", "logs", "os"],
  http: ["settings", "os"],
  options: ["settings"],
  worker: [],
  logs: ["http", "settings", "os"],
  control: ["metrics", "tls", "settings"],
  tls: ["settings"],
  os: ["settings"],
  channel: [],
  metrics: [],
  settings: [],
};

/** Asks a candidate interpreter for its version: the one thing that has to be known before there are settings. */
const probe = "lib/options/probe.ts";

/** Starts what clients ask for, as the unprivileged user that a front end is. */
const scriptStarter = "lib/handlers/cgi/script.ts";

const LONGEST_FILE_LINES = 400;

const files = ["cli.ts", ...new Bun.Glob("lib/**/*.{ts,py}").scanSync({ cwd: checkout })]
  .filter((path) => !path.includes("__pycache__"))
  .map((path) => ({ path, room: roomOf(path), text: readFileSync(join(checkout, path), "utf8") }));
const scripts = files.filter(({ path }) => path.endsWith(".ts"));

test("every room is in the picture", () => {
  const rooms = new Set(files.map(({ room }) => room));
  expect([...rooms].filter((room) => !(room in allowed))).toEqual([]);
});

test("a room imports only from the rooms below it", () => {
  const wrong = scripts.flatMap(({ path, room, text }) =>
    importsOf(path, text)
      .filter((target) => target.startsWith("lib/") && roomOf(target) !== room)
      .filter((target) => !allowed[room]?.includes(roomOf(target)))
      .filter((target) => !(path === probe && roomOf(target) === "os"))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("the program imports nothing from tests or scripts", () => {
  const wrong = scripts.flatMap(({ path, text }) =>
    importsOf(path, text)
      .filter((target) => /^(tests|scripts|\.\.)\//.test(target))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("channel, metrics, options and settings touch neither Bun nor node", () => {
  const pure = scripts.filter(({ room }) => ["channel", "metrics", "options", "settings"].includes(room));
  const wrong = pure.filter(({ path, text }) => {
    const outside = importsOf(path, text).some((target) => /^(node|bun)(:|$)/.test(target));
    return path !== probe && (outside || /\b(Bun|process)\./.test(code(text)));
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("only the supervisor starts processes, but for scripts that clients ask for and the probe of the interpreter", () => {
  const wrong = scripts.filter(
    ({ path, room, text }) =>
      room !== "supervisor" &&
      path !== probe &&
      path !== scriptStarter &&
      /\bspawn(Sync)?\(|child_process/.test(code(text)),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("only cli.ts ends the process", () => {
  const wrong = scripts.filter(({ path, text }) => path !== "cli.ts" && /\bprocess\.(exit|abort)\(/.test(code(text)));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test(`no file is longer than ${LONGEST_FILE_LINES} lines, and each opens with what it is for`, () => {
  const lengthy = files.filter(({ text }) => text.split("\n").length - 1 > LONGEST_FILE_LINES);
  const silent = files.filter(({ text }) => text.trim() !== "" && !/^(#!.*\n)?("""|\/\*\*|\/\/|#)/.test(text));
  expect(lengthy.map(({ path }) => path)).toEqual([]);
  expect(silent.map(({ path }) => path)).toEqual([]);
});

/** "http" for lib/http/h1/body.ts, "cli" for cli.ts. */
function roomOf(path: string): string {
  return path.split("/")[1] ?? "cli";
}

/** What a file imports, types too: relative names resolved against the checkout, others as they are. */
function importsOf(path: string, text: string): string[] {
  const names = [...code(text).matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  return names.map((name) => (name.startsWith(".") ? normalize(join(dirname(path), name)) : name));
}

/** `text` without its comments. */
function code(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
}
