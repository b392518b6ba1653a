/** The control socket, asked in ways that no command of ours would. */

import { expect, test } from "bun:test";
import { lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../lib/metrics/report.ts";
import { openControlSocket } from "../../lib/supervisor/control-socket.ts";
import type { Journal } from "../../lib/supervisor/journal.ts";
import { reportOf } from "../metrics/report.ts";
import { settingsIn } from "./settings.ts";

const QUESTION = `{"ask":"report"}\n`;

function open(report: Report = reportOf()): { root: string; path: string; said: string[] } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "malt-socket-"));
  const said: string[] = [];
  const journal = { write: (_module: string, _level: string, text: string) => void said.push(text) };
  const { server } = settingsIn(root, { server: { root } });
  const socket = openControlSocket(server, { report: async () => report }, journal as unknown as Journal);
  return {
    root,
    path: join(root, "control.sock"),
    said,
    [Symbol.dispose]() {
      socket[Symbol.dispose]();
      rmSync(root, { recursive: true });
    },
  };
}

/** Sends the parts one after the other; all that came back until the end. */
function converse(path: string, parts: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = "";
  const socket = connect(path);
  socket.on("data", (bytes) => (received += bytes.toString()));
  socket.on("close", () => resolve(received));
  socket.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever is refused may still have been writing.
    if (error.code !== "EPIPE" && error.code !== "ECONNRESET") reject(error);
  });
  socket.on("connect", async () => {
    for (const part of parts) {
      socket.write(part);
      await Bun.sleep(0);
    }
  });
  return promise;
}

test("a question is understood however it is split", async () => {
  using socket = open();
  for (let at = 1; at < QUESTION.length; at++) {
    const answer = await converse(socket.path, [QUESTION.slice(0, at), QUESTION.slice(at)]);
    expect(JSON.parse(answer)).toEqual(reportOf());
  }
});

test("what is no question ends the conversation without an answer", async () => {
  using socket = open();
  for (const words of ["\n", "{}\n", '{"ask":"all"}\n', "null\n", "GET / HTTP/1.1\r\n", "x".repeat(5000)]) {
    expect(await converse(socket.path, [words])).toBe("");
  }
});

test("an answer of any size arrives as a whole", async () => {
  const large = reportOf({ url: "x".repeat(3_000_000) });
  using socket = open(large);
  expect(JSON.parse(await converse(socket.path, [QUESTION]))).toEqual(large);
});

test("what a former server left in its place is replaced, and not followed", async () => {
  using first = open();
  const other = join(first.root, "precious");
  writeFileSync(other, "kept");
  rmSync(first.path);
  symlinkSync(other, first.path);
  const { server } = settingsIn(first.root, { server: { root: first.root } });
  const journal = { write: () => undefined } as unknown as Journal;
  using second = openControlSocket(server, { report: async () => reportOf() }, journal);
  expect(second).toBeDefined();
  expect(lstatSync(first.path).isSocket()).toBe(true);
  expect(lstatSync(first.path).mode & 0o777).toBe(0o600);
  expect(await Bun.file(other).text()).toBe("kept");
});

test("a root whose path is too long for it is told in the log, and served without", () => {
  const said: string[] = [];
  const journal = { write: (_module: string, _level: string, text: string) => void said.push(text) };
  const root = join(tmpdir(), "x".repeat(100));
  const { server } = settingsIn(root, { server: { root } });
  openControlSocket(server, { report: async () => reportOf() }, journal as unknown as Journal)[Symbol.dispose]();
  expect(said).toEqual([expect.stringMatching(/^malt status, stacks and top won't work: .*107 bytes/)]);
});
