/** The live view in a terminal. Piped it prints one screen, of a second. */

import type { Report } from "../metrics/report.ts";
import { clipped } from "./printable.ts";
import { topScreen } from "./top-screen.ts";
import { say } from "./say.ts";

const EVERY_MS = 1000;

/** How long a server may be gone and come back. */
const ABSENCE_MS = 3000;

/** A screen of its own, without a cursor; and back. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** q, Ctrl-C, Ctrl-D and Escape. */
const QUIT = new Set(["q", "Q", "\x03", "\x04", "\x1b"]);

/** @param ask resolves with null when the server runs no more. @returns the exit code */
export async function top(ask: () => Promise<Report | null>, gone: () => Promise<number>): Promise<number> {
  const first = await ask();
  if (first === null) return await gone();
  const { stdin, stdout } = process;
  if (!stdout.isTTY || !stdin.isTTY) {
    await Bun.sleep(EVERY_MS);
    const next = await ask();
    if (next === null) return await gone();
    const lines = topScreen(first, next, { columns: Infinity, rows: Infinity });
    return await say(stdout, lines.map((line) => `${line.trimEnd()}\n`).join(""), 0);
  }
  const end = Promise.withResolvers<"quit">();
  const quit = () => end.resolve("quit");
  stdin.setRawMode(true);
  stdin.on("data", (keys: Buffer) => {
    if (QUIT.has(keys.toString("latin1"))) quit();
  });
  // Whatever ends it, the terminal is left as it was.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, quit);
  stdout.write(ENTER);
  try {
    return (await watch(first, ask, end.promise)) ? 0 : await gone();
  } finally {
    stdout.write(LEAVE);
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** Draws until somebody quits, which is true, or the server is gone. */
async function watch(first: Report, ask: () => Promise<Report | null>, end: Promise<"quit">): Promise<boolean> {
  let before = first;
  let shown = first;
  const { stdout } = process;
  const draw = () => {
    // A terminal that doesn't know its size says 0.
    const [columns, rows] = [stdout.columns || 80, stdout.rows || 24];
    const [title = "", ...others] = topScreen(before, shown, { columns, rows });
    const lines = [clipped(`${title}    q quits`, columns), ...others];
    // Over what is there: a screen that is cleared first flickers.
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J`);
  };
  stdout.on("resize", draw);
  try {
    for (;;) {
      draw();
      if ((await Promise.race([end, Bun.sleep(EVERY_MS)])) === "quit") return true;
      const next = await Promise.race([end, askAgain(ask)]);
      if (next === "quit") return true;
      if (next === null) return false;
      before = shown;
      shown = next;
    }
  } finally {
    stdout.off("resize", draw);
  }
}

/** As `ask`, which a server that begins anew (SIGUSR2) doesn't answer for a moment. */
async function askAgain(ask: () => Promise<Report | null>): Promise<Report | null> {
  const endMs = performance.now() + ABSENCE_MS;
  for (;;) {
    try {
      const report = await ask();
      if (report !== null || performance.now() > endMs) return report;
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    await Bun.sleep(ABSENCE_MS / 10);
  }
}
