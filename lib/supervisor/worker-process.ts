/** One worker process: started, listened to, and waited for until its last words are read. */

import type { FromWorkerMessage, ToWorkerMessage } from "../control/worker.ts";
import { TEXT_BYTES } from "../logs/line-length.ts";
import { splitLines } from "../logs/line-splitter.ts";
import { levelNamed } from "../logs/levels.ts";
import type { Environment } from "./child-environment.ts";
import { signalChild, startChild, startOnTerminal, type ChildPlan } from "./child.ts";
import { openControl, type ControlChannel } from "./control-channel.ts";
import type { Death } from "./death.ts";
import type { Journal, Speaker } from "./journal.ts";
import { pump, type Pump } from "./pump.ts";
import { createStackWords } from "./stack-words.ts";

// Enough for what Python says when it gives up.
const LAST_WORDS = 5;

// A grandchild may hold the pipes open for ever; what the worker wrote itself is here at once.
const LAST_WORDS_MS = 200;

export interface WorkerLaunch {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  readonly config: ToWorkerMessage;
  /** Its streams are our terminal, of which nothing is read or logged here. */
  readonly onTerminal: boolean;
}

export interface WorkerProcess {
  readonly pid: number;
  send(message: ToWorkerMessage): void;
  /** It may have said more than was read: the log takes nothing for the moment. */
  isWaiting(): boolean;
  /** How it ended; resolves when what it wrote has been read. */
  readonly death: Promise<Death>;
  /** Resolves when nobody can write to its output any more. */
  readonly silent: Promise<unknown>;
  /** Kills it, with what it started where that can be told from our own processes. */
  kill(): void;
}

/**
 * Starts a worker and sends it its configuration. What it logs goes to `journal`, other messages to `take`. Returns
 * the reason when it can't be started.
 */
export function startWorker(
  { argv, cwd, environment, config, onTerminal }: WorkerLaunch,
  journal: Journal,
  take: (message: FromWorkerMessage) => void,
): WorkerProcess | { readonly problem: string } {
  const plan: ChildPlan = { argv, cwd, environment, inherited: ["pipe"] };
  const child = onTerminal ? startOnTerminal(plan) : startChild(plan);
  if ("problem" in child) return child;
  const { pid } = child;
  const lastWords: string[] = [];
  const remember = (line: string) => {
    lastWords.push(line);
    if (lastWords.length > LAST_WORDS) lastWords.shift();
  };
  const pumps =
    child.stdout === null
      ? []
      : [pumpText(child.stdout, pid, journal, () => undefined), pumpText(child.stderr, pid, journal, remember)];
  const onMessage = (message: FromWorkerMessage) => {
    if (message.kind !== "log") return take(message);
    const { tid, remote, about, level, text } = message;
    return writeLines(journal, levelNamed(level, "error"), text, { pid, tid, remote, about });
  };
  const garbage = (line: string) => {
    void journal.write("wsgi", "error", `a line on the control socket is no message: ${line.slice(0, 200)}`, own(pid));
  };
  const control = openControl(Number(child.process.stdio[3]), (message) => onMessage(message) ?? undefined, garbage);
  let opened: ControlChannel | undefined;
  void control.then((channel) => {
    opened = channel;
    channel.send(config);
  });

  const silent = Promise.all([...pumps.map(({ ended }) => ended), control.then(({ closed }) => closed)]);
  const death = child.ended.then(async ({ code, signal }) => {
    await Promise.race([silent, Bun.sleep(LAST_WORDS_MS)]);
    void control.then((channel) => channel.close());
    return { code, signal, lastWords };
  });
  const isWaiting = () => pumps.some(({ waiting }) => waiting) || opened?.paused === true;
  const send = (message: ToWorkerMessage) => void control.then((channel) => channel.send(message));
  const kill = () => signalChild(pid, "SIGKILL", !onTerminal);
  return { pid, send, isWaiting, death, silent, kill };
}

const own = (pid: number): Speaker => ({ pid, tid: pid });

/** Output that bypasses Python's own streams, of C code or a dying interpreter: at level error, as the rest. */
function pumpText(fd: number, pid: number, journal: Journal, hear: (line: string) => void): Pump {
  let busy: Promise<void> | undefined;
  const worded = createStackWords();
  const lines = splitLines(TEXT_BYTES, (text) => {
    const line = worded(text);
    if (line === null) return;
    hear(line);
    busy = journal.write("wsgi", "error", line, own(pid)) ?? busy;
  });
  const take = (chunk: Uint8Array) => {
    busy = undefined;
    lines.take(chunk);
    return busy;
  };
  return pump(fd, take, () => lines.finish());
}

/** One record a line, as the original does. */
function writeLines(
  journal: Journal,
  level: ReturnType<typeof levelNamed>,
  text: string,
  speaker: Speaker,
): Promise<void> | undefined {
  let busy: Promise<void> | undefined;
  for (const line of text.replace(/\n$/, "").split("\n")) busy = journal.write("wsgi", level, line, speaker) ?? busy;
  return busy;
}
