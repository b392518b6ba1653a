/** The borders of directives to this machine: files, folders, the environment. Paths and texts are latin-1 text. */

import { lstatSync, readFileSync, readdirSync, statSync } from "node:fs";
import { isKnownDirective } from "./modules/table.ts";
import type { FileFacts, World } from "./request.ts";
import { globRegex, hasWildcards } from "./syntax/glob.ts";
import { isKnownModule } from "./syntax/known.ts";
import type { Source } from "./syntax/read.ts";

/** Larger than any map or list of passwords that is looked at line by line. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

const MAX_KEPT_TEXTS = 1000;

interface Kept {
  readonly stamp: string;
  readonly text: string;
}

export function localWorld(): World {
  const kept = new Map<string, Kept>();
  return {
    stat(path) {
      try {
        const stats = statSync(bytes(path), { throwIfNoEntry: false });
        if (stats === undefined) return null;
        const kind: FileFacts["kind"] = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
        return { kind, size: stats.size, modifiedMs: stats.mtimeMs, executable: (stats.mode & 0o111) !== 0 };
      } catch {
        return null;
      }
    },
    isLink(path) {
      try {
        return lstatSync(bytes(path), { throwIfNoEntry: false })?.isSymbolicLink() === true;
      } catch {
        return false;
      }
    },
    read(path) {
      try {
        const stats = statSync(bytes(path), { bigint: true, throwIfNoEntry: false });
        if (stats === undefined || !stats.isFile() || stats.size > MAX_TEXT_BYTES) return undefined;
        const stamp = `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}`;
        const before = kept.get(path);
        if (before?.stamp === stamp) return before.text;
        const text = readFileSync(bytes(path), "latin1");
        // The same text stays the same object, so that who has made something of it can tell at once.
        const same = before?.text === text ? before.text : text;
        if (kept.size >= MAX_KEPT_TEXTS) kept.clear();
        // Within a tick of its last change a file may change again unnoticed: it is then read again.
        if (BigInt(Date.now()) * 1_000_000n - stats.ctimeNs > RACY_NS) kept.set(path, { stamp, text: same });
        return same;
      } catch {
        return undefined;
      }
    },
    environment: (name) => textOf(process.env[name]),
  };
}

/** File systems stamp with the time of the last kernel tick, 1 to 10 ms. */
const RACY_NS = 50_000_000n;

/**
 * @param variables of the server: those of its process, and what its script exported
 * @param cgi whether there are scripts (--with-cgi)
 */
export function localSource(variables: Readonly<Record<string, string | undefined>>, cgi: boolean): Source {
  return {
    read(path) {
      try {
        return readFileSync(bytes(path), "latin1");
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return undefined;
        throw new Error(`${path} can't be read (${code}): check its owner and mode`, { cause: error });
      }
    },
    find: (pattern) => (hasWildcards(pattern) ? expand(pattern) : existing(pattern)).flatMap(filesIn).toSorted(),
    environment: (name) => textOf(variables[name]),
    isKnownDirective,
    isKnownModule: (name) => isKnownModule(name, cgi),
  };
}

/** The path itself, if it is there. */
function existing(path: string): string[] {
  return statSync(bytes(path), { throwIfNoEntry: false }) === undefined ? [] : [path];
}

function expand(pattern: string): string[] {
  let found = [""];
  for (const segment of pattern.split("/").slice(1)) {
    const next: string[] = [];
    for (const folder of found) {
      if (!hasWildcards(segment)) next.push(...existing(`${folder}/${segment}`));
      else {
        const regex = globRegex(segment);
        const names = namesIn(folder || "/").filter((name) => regex.test(name) && !name.startsWith("."));
        next.push(...names.map((name) => `${folder}/${name}`));
      }
    }
    found = next;
  }
  return found;
}

/** The file, or all files of a folder and of those in it. */
function filesIn(path: string): string[] {
  if (statSync(bytes(path), { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return namesIn(path).flatMap((name) => filesIn(`${path.replace(/\/$/, "")}/${name}`));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(bytes(folder), { encoding: "latin1" });
  } catch {
    return [];
  }
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString("latin1");
}

function bytes(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
