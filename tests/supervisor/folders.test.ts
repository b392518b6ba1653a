/** What the supervisor writes to disk. */

import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSocketFolder } from "../../lib/supervisor/socket-folder.ts";
import { installWorkerFiles } from "../../lib/supervisor/worker-files.ts";
import { folder } from "../harness/folders.ts";
import { settingsIn } from "./settings.ts";

test("the worker's program is written once, rewritten where it differs, and rid of foreign modules", () => {
  using home = folder();
  const program = join(home.path, "worker");
  const sources = [
    { path: "__main__.py", text: "main\n" },
    { path: "_malt/a.py", text: "a\n" },
    { path: "_malt/b.py", text: "b\n" },
  ];
  installWorkerFiles(program, sources);
  const inode = (path: string) => statSync(join(program, path)).ino;
  const first = sources.map(({ path }) => inode(path));
  writeFileSync(join(program, "_malt/a.py"), "changed\n");
  chmodSync(join(program, "_malt/b.py"), 0o666);
  writeFileSync(join(program, "_malt/old.py"), "old\n");
  mkdirSync(join(program, "__pycache__"));
  writeFileSync(join(program, "__pycache__/x.pyc"), "");

  installWorkerFiles(program, sources);
  for (const { path, text } of sources) expect(readFileSync(join(program, path), "utf8")).toBe(text);
  expect(inode("__main__.py")).toBe(first[0] as number);
  expect(inode("_malt/a.py")).not.toBe(first[1] as number);
  expect(statSync(join(program, "_malt/b.py")).mode & 0o777).toBe(0o644);
  expect(readdirSync(join(program, "_malt")).toSorted()).toEqual(["a.py", "b.py"]);
  expect(existsSync(join(program, "__pycache__/x.pyc"))).toBe(true);
});

test("a socket folder left by a killed server with our process id is taken over", () => {
  using home = folder();
  const settings = settingsIn(home.path, { workers: { socketPrefix: home.path } });
  makeSocketFolder(settings);
  const again = makeSocketFolder(settings);
  writeFileSync(again.socket(7), "");
  expect(again.socket(7)).toBe(join(home.path, `wsgi.${process.pid}.u${settings.identity.uid}`, "7.sock"));
  again.forget(7);
  expect(existsSync(again.socket(7))).toBe(false);
  writeFileSync(again.socket(8), "");
  again.remove();
  expect(readdirSync(home.path)).toEqual([]);
});

test("a file in the place of the socket folder is refused", () => {
  using home = folder();
  const settings = settingsIn(home.path, { workers: { socketPrefix: home.path } });
  writeFileSync(join(home.path, `wsgi.${process.pid}.u${settings.identity.uid}`), "");
  expect(() => makeSocketFolder(settings)).toThrow("is not ours");
});
