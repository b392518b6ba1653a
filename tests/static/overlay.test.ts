import { describe, expect, test } from "bun:test";
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createOverlay, localDirectory, type Directory } from "../../lib/pipeline/overlay.ts";
import { folder } from "../harness/folders.ts";

/** A directory made of variables, which counts how often it is looked at and listed. */
function fakeDirectory() {
  const fake = {
    state: "1",
    ageMs: 1000,
    list: ["/a"] as readonly string[] | undefined,
    looks: 0,
    listings: 0,
    stamp() {
      fake.looks++;
      return { state: fake.state, ageMs: fake.ageMs };
    },
    names() {
      fake.listings++;
      return fake.list;
    },
  };
  return fake satisfies Directory;
}

const MS = 1000;

describe("what is remembered", () => {
  test("only names of the directory may be there", () => {
    const mayHold = createOverlay(fakeDirectory());
    expect([mayHold("/a", 0), mayHold("/b", 0), mayHold("/", 0), mayHold("/aa", 0)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("under load the directory is looked at once in 10 ms", () => {
    const fake = fakeDirectory();
    const mayHold = createOverlay(fake);
    for (let us = 0; us < 100 * MS; us += 10) mayHold("/b", us);
    expect([fake.looks, fake.listings]).toEqual([10, 1]);
  });

  test("after a pause it is always looked at, and listed when it has changed", () => {
    const fake = fakeDirectory();
    const mayHold = createOverlay(fake);
    expect(mayHold("/b", 0)).toBe(false);
    fake.list = ["/b"];
    fake.state = "2";
    expect(mayHold("/b", 10 * MS)).toBe(true);
    expect(mayHold("/a", 10 * MS)).toBe(false);
    expect(fake.listings).toBe(2);
  });

  test("a clock that was set back does not stop it from looking", () => {
    const fake = fakeDirectory();
    const mayHold = createOverlay(fake);
    mayHold("/b", 1_000_000 * MS);
    fake.list = ["/b"];
    fake.state = "2";
    expect(mayHold("/b", 5)).toBe(true);
  });

  test("racily clean: a listing made within 50 ms of the last change is not trusted", () => {
    const fake = fakeDirectory();
    fake.ageMs = 50;
    const mayHold = createOverlay(fake);
    expect(mayHold("/b", 0)).toBe(false);
    // Within the same tick of the file system's clock: the state looks the same.
    fake.list = ["/a", "/b"];
    expect(mayHold("/b", 10 * MS)).toBe(true);
    fake.ageMs = 51;
    mayHold("/b", 20 * MS);
    mayHold("/b", 30 * MS);
    mayHold("/b", 40 * MS);
    expect(fake.listings).toBe(3);
  });

  test("a directory changed in the future, by its clock, is listed at every look", () => {
    const fake = fakeDirectory();
    fake.ageMs = -5000;
    const mayHold = createOverlay(fake);
    mayHold("/b", 0);
    mayHold("/b", 10 * MS);
    expect(fake.listings).toBe(2);
  });

  test("a directory that can't be listed may hold anything", () => {
    const fake = fakeDirectory();
    fake.list = undefined;
    const mayHold = createOverlay(fake);
    expect(mayHold("/b", 0)).toBe(true);
    fake.list = [];
    fake.state = "2";
    expect(mayHold("/b", 10 * MS)).toBe(false);
  });

  test("memory is bounded: a directory of more than 4096 names is neither kept nor listed again", () => {
    const fake = fakeDirectory();
    fake.list = Array.from({ length: 4096 }, (_, i) => `/${i}`);
    const mayHold = createOverlay(fake);
    expect(mayHold("/x", 0)).toBe(false);
    fake.list = [...fake.list, "/more"];
    fake.state = "2";
    expect(mayHold("/x", 10 * MS)).toBe(true);
    fake.state = "3";
    expect(mayHold("/x", 20 * MS)).toBe(true);
    expect([fake.looks, fake.listings]).toEqual([2, 2]);
  });
});

/** Asks as an idle server would: every question is a look. */
function idle(path: string): (name: string) => boolean {
  const mayHold = createOverlay(localDirectory(path));
  let us = 0;
  return (name) => mayHold(name, (us += 1_000_000));
}

describe("a real directory", () => {
  test("every change is seen at once, however fast they follow each other", () => {
    using home = folder();
    const holds = idle(home.path);
    for (let round = 0; round < 200; round++) {
      expect(holds("/file")).toBe(false);
      writeFileSync(join(home.path, "file"), "");
      expect(holds("/file")).toBe(true);
      unlinkSync(join(home.path, "file"));
    }
  });

  test("a modification time that was set back hides nothing", () => {
    using home = folder();
    const long = new Date("2020-01-01");
    utimesSync(home.path, long, long);
    const holds = idle(home.path);
    expect(holds("/file")).toBe(false);
    writeFileSync(join(home.path, "file"), "");
    utimesSync(home.path, long, long);
    expect(holds("/file")).toBe(true);
  });

  test("a directory that is replaced, removed or not there yet", () => {
    using home = folder();
    const root = join(home.path, "root");
    const holds = idle(root);
    expect(holds("/new")).toBe(false);
    mkdirSync(root);
    writeFileSync(join(root, "new"), "");
    expect(holds("/new")).toBe(true);
    renameSync(root, join(home.path, "old"));
    mkdirSync(root);
    expect(holds("/new")).toBe(false);
    rmSync(root, { recursive: true });
    symlinkSync("old", root);
    expect(holds("/new")).toBe(true);
  });

  test("names are bytes", () => {
    using home = folder();
    writeFileSync(Buffer.concat([Buffer.from(`${home.path}/`), Buffer.from([0xff, 0xc3, 0xa9])]), "");
    expect(idle(home.path)("/\xff\xc3\xa9")).toBe(true);
  });

  test("a file in the place of the directory may hold anything: the walk will tell", () => {
    using home = folder();
    writeFileSync(join(home.path, "file"), "");
    expect(idle(join(home.path, "file"))("/x")).toBe(true);
  });
});
