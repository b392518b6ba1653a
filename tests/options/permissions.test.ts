/** Who gets at which path, by tables of entries as `ls -l` shows them. */

import { describe, expect, test } from "bun:test";
import type { Entry } from "../../lib/options/facts.ts";
import { describeObstacle, EXECUTE, obstacleTo, READ, type Person } from "../../lib/options/resolve/permissions.ts";
import { entries, machine } from "./machine.ts";

const www: Person = { uid: 33, groups: [33, 50] };
const root: Person = { uid: 0, groups: [0] };

interface Case {
  readonly promise: string;
  readonly tree: Readonly<Record<string, Partial<Entry>>>;
  readonly path: string;
  /** READ by default. */
  readonly wish?: number;
  readonly person?: Person;
  /** Where the way ends, null when it doesn't. */
  readonly at: string | null;
}

const cases: readonly Case[] = [
  { promise: "a file open to all is open", tree: { "/srv/app.py": { mode: 0o644 } }, path: "/srv/app.py", at: null },
  {
    promise: "a directory that only its owner enters ends the way, whatever the file allows",
    tree: { "/root": { mode: 0o700 }, "/root/a/app.py": { mode: 0o777 } },
    path: "/root/a/app.py",
    at: "/root",
  },
  {
    promise: "the first of several obstacles is told",
    tree: { "/root": { mode: 0o700 }, "/root/a": { mode: 0o700 }, "/root/a/app.py": { mode: 0o600 } },
    path: "/root/a/app.py",
    at: "/root",
  },
  {
    promise: "a directory need not be listed to be passed",
    tree: { "/root": { mode: 0o711 }, "/root/app.py": { mode: 0o644 } },
    path: "/root/app.py",
    at: null,
  },
  {
    promise: "a directory that may be listed but not passed ends the way",
    tree: { "/root": { mode: 0o744 }, "/root/app.py": { mode: 0o644 } },
    path: "/root/app.py",
    at: "/root",
  },
  {
    promise: "the file itself may be what is closed",
    tree: { "/srv/app.py": { mode: 0o640 } },
    path: "/srv/app.py",
    at: "/srv/app.py",
  },
  {
    promise: "the primary group counts",
    tree: { "/srv/app.py": { mode: 0o640, gid: 33 } },
    path: "/srv/app.py",
    at: null,
  },
  {
    promise: "supplementary groups count",
    tree: { "/srv/app.py": { mode: 0o640, gid: 50 } },
    path: "/srv/app.py",
    at: null,
  },
  {
    promise: "a group that is denied is not helped by what others may",
    tree: { "/srv/app.py": { mode: 0o604, gid: 50 } },
    path: "/srv/app.py",
    at: "/srv/app.py",
  },
  {
    promise: "an owner who is denied is not helped by what group and others may",
    tree: { "/srv/app.py": { mode: 0o044, uid: 33, gid: 33 } },
    path: "/srv/app.py",
    at: "/srv/app.py",
  },
  {
    promise: "an owner may what the owner may",
    tree: { "/srv/app.py": { mode: 0o600, uid: 33 } },
    path: "/srv/app.py",
    at: null,
  },
  {
    promise: "a program that can be read may still not be executed",
    tree: { "/bin/python": { mode: 0o644 } },
    path: "/bin/python",
    wish: EXECUTE,
    at: "/bin/python",
  },
  {
    promise: "a directory may have to be listed and passed",
    tree: { "/srv/lib": { mode: 0o711 } },
    path: "/srv/lib",
    wish: READ | EXECUTE,
    at: "/srv/lib",
  },
  {
    promise: "an absolute link is followed to where it leads",
    tree: {
      "/venv/bin/python": { mode: 0o777, target: "/root/bin/python" },
      "/root": { mode: 0o700 },
      "/root/bin/python": {},
    },
    path: "/venv/bin/python",
    wish: EXECUTE,
    at: "/root",
  },
  {
    promise: "a relative link is followed from where it stands",
    tree: {
      "/venv/bin/python3": { mode: 0o777, target: "../lib/./python" },
      "/venv/lib/python": { mode: 0o700 },
    },
    path: "/venv/bin/python3",
    wish: EXECUTE,
    at: "/venv/lib/python",
  },
  {
    promise: "a link in the middle of the way is followed, and dots after it count from its target",
    tree: {
      "/srv/current": { mode: 0o777, target: "/opt/releases/7" },
      "/opt/releases/7": {},
      "/opt/releases/app.py": { mode: 0o600 },
    },
    path: "/srv/current/../app.py",
    at: "/opt/releases/app.py",
  },
  {
    promise: "what is beside a link says nothing about where it leads",
    tree: { "/srv": { mode: 0o755 }, "/srv/app.py": { mode: 0o000, target: "/opt/app.py" }, "/opt/app.py": {} },
    path: "/srv/app.py",
    at: null,
  },
  {
    promise: "links that lead in a circle lead nowhere",
    tree: { "/a": { target: "/b" }, "/b": { target: "/a" } },
    path: "/a",
    at: null,
  },
  { promise: "what is missing is not what denies", tree: { "/srv": {} }, path: "/srv/gone/app.py", at: null },
  { promise: "the root directory can be asked for", tree: {}, path: "/", wish: READ | EXECUTE, at: null },
  {
    promise: "root passes everywhere",
    tree: { "/home": { mode: 0o000, uid: 7 }, "/home/app.py": { mode: 0o000, uid: 7 } },
    path: "/home/app.py",
    person: root,
    at: null,
  },
];

for (const { promise, tree, path, wish = READ, person = www, at } of cases) {
  test(promise, () => expect(obstacleTo(path, wish, person, entries(tree))?.path ?? null).toBe(at));
}

describe("an obstacle in words", () => {
  const words: readonly (readonly [entry: Partial<Entry>, words: string])[] = [
    [{ mode: 0o700, uid: 1000 }, "/x has mode 0700 and belongs to ann"],
    [{ mode: 0o007, uid: 4711 }, "/x has mode 0007 and belongs to #4711"],
  ];
  for (const [entry, text] of words) {
    test(text, () => {
      const obstacle = { path: "/x", entry: { mode: 0o755, uid: 0, gid: 0, target: null, ...entry } };
      expect(describeObstacle(obstacle, machine())).toBe(text);
    });
  }
});
