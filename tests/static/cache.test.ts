import { expect, test } from "bun:test";
import { closeSync, openSync, rmSync, statSync, writeFileSync, type BigIntStats } from "node:fs";
import { join } from "node:path";
import { createFileCache } from "../../lib/handlers/static-cache.ts";
import { createHeadCache } from "../../lib/handlers/static-heads.ts";
import { siblingOf } from "../../lib/handlers/static-siblings.ts";
import { responseHead } from "../../lib/http/response-head.ts";
import { rememberFiles, type Kind } from "../../lib/pipeline/route-files.ts";
import { folder } from "../harness/folders.ts";
import { requestHead } from "../http/heads.ts";
import { openFilesBelow } from "./recorder.ts";

const SECOND_US = 1_000_000;
const NOW_US = 1_700_000_000 * SECOND_US;
const NONE: [] = [];
const head = responseHead(200, []);

/** A file system of one file, which counts how often it was looked at. */
function oneFile(size = 3, changedUs = NOW_US - 60 * SECOND_US) {
  const file = { size, changedUs, ino: 1, looks: 0, exists: true };
  const look = (): BigIntStats | undefined => {
    file.looks++;
    if (!file.exists) return undefined;
    const changedMs = BigInt(file.changedUs) / 1000n;
    const numbers = { dev: 1n, ino: BigInt(file.ino), size: BigInt(file.size), mtimeMs: changedMs, ctimeMs: changedMs };
    return { ...numbers, mtimeNs: changedMs * 1_000_000n, ctimeNs: changedMs * 1_000_000n } as BigIntStats;
  };
  return { file, cache: createFileCache(0, look) };
}

const bytes = Buffer.from("abc");
// Not looked at: no descriptors are kept.
const FD = -1;

test("what was kept is found, and the file looked at once in 10 ms", () => {
  const { file, cache } = oneFile();
  cache.keep("/f", "text/css", NONE, NOW_US, FD, { head, bytes });
  expect(file.looks).toBe(1);
  for (let us = 0; us < 10_000; us += 500)
    expect(cache.find("/f", "text/css", NONE, NOW_US + us)?.body.bytes).toBe(bytes);
  expect(file.looks).toBe(1);
  expect(cache.find("/f", "text/css", NONE, NOW_US + 10_000)?.body.bytes).toBe(bytes);
  expect(file.looks).toBe(2);
});

test("a clock that was set back is no reason to trust for longer", () => {
  const { file, cache } = oneFile();
  cache.keep("/f", "text/css", NONE, NOW_US, FD, { head, bytes });
  cache.find("/f", "text/css", NONE, NOW_US - SECOND_US);
  expect(file.looks).toBe(2);
});

test.each([
  ["another size", { size: 4 }],
  ["another time", { changedUs: NOW_US - 59 * SECOND_US }],
  ["another file", { ino: 2 }],
  ["no file", { exists: false }],
])("%s: it is forgotten", (_, change) => {
  const { file, cache } = oneFile();
  cache.keep("/f", "text/css", NONE, NOW_US, FD, { head, bytes });
  Object.assign(file, change);
  expect(cache.find("/f", "text/css", NONE, NOW_US + 20_000)).toBeUndefined();
  Object.assign(file, oneFile().file);
  expect(cache.find("/f", "text/css", NONE, NOW_US + 20_000)).toBeUndefined();
});

test("a file that has just changed is not kept, nor one that is not what was read", () => {
  for (const { cache } of [oneFile(3, NOW_US - SECOND_US), oneFile(4), oneFile(3, NOW_US + SECOND_US)]) {
    cache.keep("/f", "text/css", NONE, NOW_US, FD, { head, bytes });
    expect(cache.find("/f", "text/css", NONE, NOW_US)).toBeUndefined();
  }
});

test("a response with another type or other fields is another one", () => {
  const { cache } = oneFile();
  cache.keep("/f", "text/css", NONE, NOW_US, FD, { head, bytes });
  expect(cache.find("/f", "text/plain", NONE, NOW_US)).toBeUndefined();
  expect(cache.find("/f", "text/css", [["Vary", "x"]], NOW_US)).toBeUndefined();
});

test("it is bounded: what came first goes first", () => {
  const large = Buffer.alloc(32 * 1024);
  const { cache } = oneFile(large.length);
  for (let number = 0; number < 600; number++) cache.keep(`/${number}`, "", NONE, NOW_US, FD, { head, bytes: large });
  const found = Array.from({ length: 600 }, (_, number) => cache.find(`/${number}`, "", NONE, NOW_US) !== undefined);
  expect(found.lastIndexOf(false)).toBe(600 - 512 - 1);
  expect(found.filter(Boolean)).toHaveLength(512);
});

test("files that are worth it stay open while they are kept, as many as may", () => {
  using home = folder();
  const paths = ["a", "b", "c", "small"].map((name) => join(home.path, name));
  const content = Buffer.alloc(40_000, "x");
  for (const path of paths) writeFileSync(path, path.endsWith("small") ? "small" : content);
  const cache = createFileCache(2);
  // A clock that is ahead: the files have long settled.
  const nowUs = Date.now() * 1000 + 60 * SECOND_US;
  const keep = (path: string) => {
    const fd = openSync(path, "r");
    const { size } = statSync(path);
    cache.keep(path, "", NONE, nowUs, fd, { head, bytes: content.subarray(0, size) });
    closeSync(fd);
  };
  const [a = "", b = "", c = "", small = ""] = paths;
  for (const path of [small, a, b, c, a]) keep(path);
  expect(openFilesBelow(home.path).toSorted()).toEqual([a, b]);
  for (const path of [c, small]) expect(cache.find(path, "", NONE, nowUs)?.body.fd).toBeNull();
  expect(cache.find(a, "", NONE, nowUs)?.body.fd).toBeNumber();
  rmSync(a);
  expect(cache.find(a, "", NONE, nowUs + SECOND_US)).toBeUndefined();
  expect(openFilesBelow(home.path)).toEqual([b]);
  rmSync(b);
  expect(cache.find(b, "", NONE, nowUs + SECOND_US)).toBeUndefined();
  expect(openFilesBelow(home.path)).toEqual([]);
});

test("that there is a file is remembered for 10 ms, that there is none never", () => {
  let nowMs = 0;
  let kind: Kind = "missing";
  const kindOf = rememberFiles(
    () => kind,
    () => nowMs,
  );
  expect(kindOf("/f")).toBe("missing");
  kind = "file";
  expect(kindOf("/f")).toBe("file");
  kind = "directory";
  nowMs = 9;
  expect(kindOf("/f")).toBe("file");
  nowMs = 10;
  expect(kindOf("/f")).toBe("directory");
});

test.each([
  ["br, gzip", "/a.js.br", "br"],
  ["gzip", "/a.js.gz", "gzip"],
  ["gzip;q=1, br;q=0.1", "/a.js.gz", "gzip"],
  ["zstd", "/a.js", undefined],
  ["", "/a.js", undefined],
])("of the files that were compressed beforehand %j takes %s", (accepted, path, coding) => {
  const there = new Set(["/a.js.br", "/a.js.gz"]);
  const request = requestHead("/a.js", { fields: [["Accept-Encoding", accepted]] });
  const sibling = siblingOf(request, "/a.js", (each) => there.has(each));
  expect(sibling?.path).toBe(path);
  const fields = Object.fromEntries(sibling?.extra ?? []);
  expect([fields["Content-Encoding"], fields["Vary"]]).toEqual([coding, "Accept-Encoding"]);
  expect(siblingOf(request, "/b.js", (each) => there.has(each))).toBeUndefined();
});

test("the head of a large file is good as long as the file is the same", () => {
  using home = folder();
  const path = join(home.path, "large");
  writeFileSync(path, "12345");
  const { ctimeMs } = statSync(path);
  let nowMs = ctimeMs + 1000;
  const heads = createHeadCache(() => nowMs);
  const keep = (): void => {
    const fd = openSync(path, "r");
    heads.keep(path, "text/css", NONE, fd, { ...head, contentLength: 5 });
    closeSync(fd);
  };
  keep();
  expect(heads.open(path, "text/css", NONE)).toBeUndefined();
  nowMs += 1;
  keep();
  expect(heads.open(path, "text/plain", NONE)).toBeUndefined();
  const ready = heads.open(path, "text/css", NONE);
  expect([ready?.size, ready?.head.contentLength]).toEqual([5, 5]);
  closeSync(ready?.fd ?? -1);
  for (const change of [() => writeFileSync(path, "1234"), () => rmSync(path)]) {
    change();
    expect(heads.open(path, "text/css", NONE)).toBeUndefined();
    expect(openFilesBelow(home.path)).toEqual([]);
  }
});
