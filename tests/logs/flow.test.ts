/** The way of log lines between processes and onto the disk. */

import { expect, test } from "bun:test";
import { existsSync, lchownSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { errorLayout } from "../../lib/logs/error-format.ts";
import { escapeMessage } from "../../lib/logs/escape.ts";
import { linesOf } from "../../lib/logs/line-length.ts";
import { splitLines } from "../../lib/logs/line-splitter.ts";
import { openFileSink } from "../../lib/logs/file-sink.ts";
import { openRotatingSink } from "../../lib/logs/rotating-sink.ts";
import { makeSink, type Append } from "../../lib/logs/sink.ts";
import { folder } from "../harness/folders.ts";
import { until } from "../harness/until.ts";
import { random } from "../support/random.ts";

const silent = (problem: string) => {
  throw new Error(`unexpected: ${problem}`);
};

test("lines come out whole however the bytes were cut", () => {
  const below = random(42);
  const lines = Array.from({ length: 200 }, (_, index) => `${index} ${"é日x".repeat(below(20))}`);
  const bytes = Buffer.from(`${lines.join("\n")}\nno newline`);
  for (let round = 0; round < 50; round += 1) {
    const got: string[] = [];
    const splitter = splitLines(1000, (line) => got.push(line));
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + below(40);
      // The chunk is overwritten afterwards, as a reader may do.
      const chunk = Uint8Array.from(bytes.subarray(at, end));
      splitter.take(chunk);
      chunk.fill(0);
      at = end;
    }
    splitter.finish();
    expect(got).toEqual([...lines, "no newline"]);
  }
});

test("a line without end comes in pieces of the limit", () => {
  const got: string[] = [];
  const splitter = splitLines(4, (line) => got.push(line));
  for (const text of ["abcdefghij", "k\nabcd\n\n", "x"]) splitter.take(Buffer.from(text));
  splitter.finish();
  expect(got).toEqual(["abcd", "efgh", "ijk", "abcd", "", "x"]);
});

test("the pieces of a line without end are whole characters, whatever the limit and the cuts", () => {
  const text = "a\u00e9\u65e5\u{1f943}".repeat(20);
  const bytes = Buffer.from(text);
  for (let limit = 4; limit < 40; limit += 1) {
    for (const step of [1, 3, bytes.length]) {
      const got: string[] = [];
      const splitter = splitLines(limit, (line) => got.push(line));
      for (let at = 0; at < bytes.length; at += step) splitter.take(bytes.subarray(at, at + step));
      splitter.finish();
      expect(got.join("")).toBe(text);
      expect(Math.max(...got.map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(limit);
    }
  }
  const got: string[] = [];
  const splitter = splitLines(4, (line) => got.push(line));
  splitter.take(new Uint8Array(10).fill(0x80));
  splitter.finish();
  expect(got).toEqual(["\ufffd".repeat(4), "\ufffd".repeat(4), "\ufffd".repeat(2)]);
});

test("a text that is longer than a line is divided, and nothing of it is lost in any form of the log", () => {
  const layouts = [
    errorLayout({ format: "apache", errorFormat: null }, "s"),
    errorLayout({ format: "apache", errorFormat: "%{cu}t %M" }, "s"),
    errorLayout({ format: "json", errorFormat: null }, "s"),
  ];
  const below = random(3);
  const alphabet = ["x", "\\", '"', "\x01", "\x85", "\u202e", "\u00e9", "\u65e5", "\u{1f943}"];
  for (const kind of [...alphabet, ""]) {
    const text = Array.from({ length: 20_000 }, () => kind || alphabet[below(alphabet.length)]).join("");
    const pieces = linesOf(text);
    expect(pieces.join("")).toBe(text);
    expect(pieces.length).toBeGreaterThan(2);
    for (const [index, layout] of layouts.entries()) {
      for (const piece of pieces) {
        const record = {
          timeUs: 0,
          module: "wsgi",
          level: "error",
          pid: 4_000_000,
          tid: 4_000_000,
          text: piece,
        } as const;
        const line = layout.line({ ...record, remote: "[2001:db8:1111:2222:3333:4444:5555:6666]:65535" });
        expect(index === 2 ? JSON.parse(line).message : line).toEndWith(index === 2 ? piece : escapeMessage(piece));
      }
    }
  }
});

test("a log file is appended to in order, with mode 0640, and complete when closed", async () => {
  using home = folder();
  const path = join(home.path, "log");
  for (const round of [1, 2]) {
    const sink = openFileSink(path, silent);
    for (let line = 0; line < 1000; line += 1) void sink.write(`${round} ${line}\n`);
    await sink.close();
  }
  const expected = [1, 2].flatMap((round) => Array.from({ length: 1000 }, (_, line) => `${round} ${line}`));
  expect(readFileSync(path, "utf8").trimEnd().split("\n")).toEqual(expected);
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test("a link that root or this user has made is followed, one of somebody else is not", async () => {
  using home = folder();
  const [target, link] = [join(home.path, "target"), join(home.path, "link")];
  symlinkSync(target, link);
  const sink = openFileSink(link, silent);
  void sink.write("through the link\n");
  await sink.close();
  expect(readFileSync(target, "utf8")).toBe("through the link\n");
  if (process.getuid?.() !== 0) return console.error("skipped: only root can make links of somebody else");
  lchownSync(link, 65_534, 65_534);
  expect(() => openFileSink(link, silent)).toThrow("ELOOP");
});

/**
 * The files of a rotating log that gets `chunks`, the next a second after the other has been written: the time in the name,
 * and the text. "restart" restarts instead.
 */
async function rotated(home: string, maxBytes: number, chunks: readonly string[]): Promise<string[][]> {
  let ms = Date.UTC(2026, 10, 23, 6, 59, 44);
  const read = () =>
    readdirSync(home)
      .toSorted()
      .map((name) => [name.slice(-8), readFileSync(join(home, name), "utf8")]);
  const sink = openRotatingSink(join(home, "log"), maxBytes, silent, () => ms);
  for (const chunk of chunks) {
    ms += 1000;
    if (chunk === "restart") {
      sink.reopen();
      continue;
    }
    void sink.write(chunk);
    await until(`${chunk} in a file`, () =>
      read()
        .map(([, text]) => text)
        .join("")
        .endsWith(chunk),
    );
  }
  await sink.close();
  return read();
}

test("a rotating log begins a new file for the line that doesn't fit, and divides none", async () => {
  using home = folder();
  const long = "a line that is longer than any file\n";
  expect(await rotated(home.path, 10, ["one\ntwo\n", "three\n", long, "4\n"])).toEqual([
    ["06_59_44", "one\ntwo\n"],
    ["06_59_46", "three\n"],
    ["06_59_47", long],
    ["06_59_48", "4\n"],
  ]);
});

test("within a second a rotating log goes on in the same file, as rotatelogs does, and at a restart in a new one", async () => {
  using home = folder();
  expect(await rotated(home.path, 10, ["one\n", "two\nthree\nfour\nfive\nsix\n", "restart", "7\n"])).toEqual([
    ["06_59_44", "one\ntwo\n"],
    ["06_59_46", "three\nfour\nfive\nsix\n"],
    ["06_59_48", "7\n"],
  ]);
});

test("a rotating log that finds a file of its name appends to it, and counts what is there", async () => {
  using home = folder();
  await Bun.write(join(home.path, "log.2026-11-23-06_59_44"), "before\n");
  expect(await rotated(home.path, 10, ["x\nyy\n"])).toEqual([
    ["06_59_44", "before\nx\n"],
    ["06_59_45", "yy\n"],
  ]);
});

/** A disk that does what a test says. */
function disk() {
  const state = {
    written: "",
    fail: undefined as string | undefined,
    most: Infinity,
    held: undefined as Promise<void> | undefined,
  };
  const append: Append = async (bytes) => {
    await state.held;
    if (state.fail !== undefined) throw Object.assign(new Error(state.fail), { code: state.fail });
    const taken = bytes.subarray(0, state.most);
    state.written += Buffer.from(taken).toString();
    return taken.length;
  };
  return { state, append };
}

test("who writes faster than the disk has to wait, and nothing is lost", async () => {
  const { state, append } = disk();
  const release = Promise.withResolvers<void>();
  state.held = release.promise;
  const sink = makeSink(append, "log", silent);
  const line = `${"x".repeat(1023)}\n`;
  let accepted = 0;
  let wait: Promise<void> | undefined;
  while (wait === undefined) {
    wait = sink.write(line);
    accepted += 1;
    expect(accepted).toBeLessThan(2000);
  }
  release.resolve();
  await wait;
  await sink.close();
  expect(state.written.length).toBe(accepted * line.length);
});

test("what is written in parts arrives as a whole", async () => {
  const { state, append } = disk();
  state.most = 3;
  const sink = makeSink(append, "log", silent);
  void sink.write("hello world\n");
  void sink.write("again\n");
  await sink.close();
  expect(state.written).toBe("hello world\nagain\n");
});

test("a full disk is reported once and survived; lines after it are whole, and the end is reported", async () => {
  const { state, append } = disk();
  const heard: string[] = [];
  const sink = makeSink(append, "/log", (problem) => heard.push(problem));
  const write = async (line: string) => {
    void sink.write(line);
    await sink.close();
  };
  await write("one\n");
  state.fail = "ENOSPC";
  await write("two\n");
  await write("three\n");
  expect(heard).toEqual(["/log cannot be written (ENOSPC): log lines are lost until it can"]);
  state.fail = undefined;
  await write("four\n");
  expect(heard[1]).toBe("/log can be written again; 10 bytes of log lines were lost");
  expect(state.written).toBe("one\nfour\n");
});

test("a line that was cut by a full disk is ended before the next one", async () => {
  let round = 0;
  let written = "";
  const append: Append = (bytes) => {
    round += 1;
    if (round === 2) return Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
    const taken = round === 1 ? bytes.subarray(0, 3) : bytes;
    written += Buffer.from(taken).toString();
    return Promise.resolve(taken.length);
  };
  const sink = makeSink(append, "log", () => undefined);
  void sink.write("cut here\n");
  await sink.close();
  void sink.write("next\n");
  await sink.close();
  expect(written).toBe("cut\nnext\n");
});

test("a descriptor that isn't ready is asked again", async () => {
  const { state, append } = disk();
  state.fail = "EAGAIN";
  const sink = makeSink(append, "log", silent);
  void sink.write("late\n");
  setImmediate(() => (state.fail = undefined));
  await sink.close();
  expect(state.written).toBe("late\n");
});

test("the real full device behaves like the one of these tests", async () => {
  const heard: string[] = [];
  const sink = openFileSink("/dev/full", (problem) => heard.push(problem));
  void sink.write("lost\n");
  await sink.close();
  expect(heard).toEqual(["/dev/full cannot be written (ENOSPC): log lines are lost until it can"]);
});

/** A front end that writes lines, its output read when `read` says so. */
function writer(mode: string, file: string) {
  return Bun.spawn([
    "sh",
    "-c",
    `"$0" "$1" "$2" "$3" | { while [ ! -e "$3.read" ]; do sleep 0.01; done; cat > "$3.out"; }`,
    process.execPath,
    join(import.meta.dir, "writer.ts"),
    mode,
    file,
  ]);
}

test("a line writer goes on while its reader pauses, and all lines arrive in order", async () => {
  using home = folder();
  const file = join(home.path, "w");
  const child = writer("few", file);
  await until("the writer to be done with writing", () => existsSync(`${file}.wrote`));
  await Bun.write(`${file}.read`, "");
  await child.exited;
  const lines = readFileSync(`${file}.out`, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(20_000);
  lines.forEach((line, index) => expect(line.startsWith(`${index} `)).toBe(true));
});

test("a line writer whose reader pauses for too long leaves lines out and counts them", async () => {
  using home = folder();
  const file = join(home.path, "w");
  const child = writer("many", file);
  await until("the writer to be done with writing", () => existsSync(`${file}.wrote`));
  await Bun.write(`${file}.read`, "");
  await child.exited;
  const lines = readFileSync(`${file}.out`, "utf8").trimEnd().split("\n");
  const lost = Number(readFileSync(`${file}.wrote`, "utf8"));
  expect(lost).toBeGreaterThan(0);
  expect(Number(readFileSync(`${file}.told`, "utf8"))).toBe(lost);
  expect(lines.length + lost).toBe(200_000);
  for (const line of lines) expect(line).toMatch(/^\d+ x{60}$/);
});

test("a line writer whose reader has gone neither fails nor waits", async () => {
  const child = Bun.spawn(
    ["sh", "-c", `"$0" "$1" few | true; echo ended`, process.execPath, join(import.meta.dir, "writer.ts")],
    { stdout: "pipe", stderr: "pipe" },
  );
  expect(await new Response(child.stdout).text()).toBe("ended\n");
  expect(await new Response(child.stderr).text()).toBe("");
});
