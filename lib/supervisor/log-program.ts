/**
 * A log that goes to a program, such as rotatelogs, on its standard input. The pipe outlives the program: what one that
 * died has not read is there for its successor.
 */

import { closeSync } from "node:fs";
import { makeSink, toDescriptor, type Append, type LogSink, type Sink } from "../logs/sink.ts";
import { neverBlock } from "../os/descriptors.ts";
import { codeOf } from "../os/errors.ts";
import { makePipe, type Pipe } from "../os/pipes.ts";
import { restartAfter } from "./backoff.ts";
import type { Environment } from "./child-environment.ts";

// For the program to write what it has got when the server ends, and for a full pipe to become less full.
const LAST_WORDS_MS = 5000;

/** So many are tried, one after the other, when the server ends and each dies before it has read what is left. */
const MOST_HEIRS = 3;

export interface ProgramSink extends LogSink {
  pids(): readonly number[];
}

/** Starts `argv`; a {@link StartupError} is for the caller to make of what is thrown when it can't be started. */
export function openProgramSink(
  argv: readonly string[],
  name: string,
  environment: Environment,
  complain: (problem: string) => void,
): ProgramSink {
  const running = new Set<number>();
  const begin = () => feed(argv, name, environment, complain, running);
  let current = begin();
  let former: Promise<void> = Promise.resolve();
  return {
    write: (chunk) => current.write(chunk),
    reopen() {
      try {
        const next = begin();
        former = Promise.all([former, current.close()]).then(() => undefined);
        current = next;
      } catch (error) {
        complain(`${argv[0]} cannot be started again (${codeOf(error)}): lines go on to the one that runs`);
      }
    },
    async close() {
      await Promise.all([former, current.close()]);
    },
    pids: () => [...running],
  };
}

/** One pipe, and one program after the other that reads it. */
function feed(
  argv: readonly string[],
  name: string,
  environment: Environment,
  complain: (problem: string) => void,
  running: Set<number>,
): Sink {
  const pipe = makePipe();
  // Or a program that doesn't read would stop a thread of ours for ever.
  neverBlock(pipe.write);
  let child: Bun.Subprocess | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let early = 0;
  let closingAt = Infinity;
  let closed = false;

  const start = () => {
    timer = undefined;
    const startedAt = performance.now();
    const born = spawn(argv, pipe, environment);
    child = born;
    running.add(born.pid);
    void born.exited.then(() => {
      running.delete(born.pid);
      child = undefined;
      if (closingAt !== Infinity) return;
      const after = restartAfter(early, performance.now() - startedAt);
      early = after.early;
      const when = after.delayMs === 0 ? "now" : `in ${after.delayMs / 1000} s`;
      complain(`${endOf(born)}; it is started again ${when}`);
      timer = setTimeout(again, after.delayMs);
    });
  };
  const endOf = ({ signalCode, exitCode }: Bun.Subprocess): string =>
    `${argv[0]}, which writes ${name}, ended (${signalCode ?? `exit code ${exitCode}`})`;
  const again = () => {
    try {
      start();
    } catch (error) {
      const { early: next, delayMs } = restartAfter(early, null);
      early = next;
      complain(`${argv[0]}, which writes ${name}, does not start (${codeOf(error)})`);
      timer = setTimeout(again, delayMs);
    }
  };
  const put = toDescriptor(pipe.write);
  const append: Append = async (bytes) => {
    try {
      return await put(bytes);
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      const hopeless = performance.now() > closingAt + LAST_WORDS_MS || (child === undefined && early > 1);
      throw hopeless ? new Error(`${argv[0]} does not read`) : error;
    }
  };

  /** Waits for the program to have read what is left, or for another to, if it dies before. */
  const readToEnd = async (heirs = 0): Promise<void> => {
    if (child === undefined) again();
    const last = child;
    if (last === undefined) return;
    const ended = await Promise.race([last.exited.then(() => true), Bun.sleep(LAST_WORDS_MS).then(() => false)]);
    if (!ended) {
      complain(`${argv[0]} (pid ${last.pid}), which writes ${name}, still runs`);
      last.unref();
    } else if (last.exitCode !== 0 && heirs < MOST_HEIRS) {
      complain(`${endOf(last)}; it is started again now`);
      await readToEnd(heirs + 1);
    }
  };

  start();
  const sink = makeSink(append, name, complain);
  return {
    // Of its own end a program can't be told: the descriptor may be another file by then.
    write: (chunk) => (closed ? undefined : sink.write(chunk)),
    async close() {
      closingAt = performance.now();
      clearTimeout(timer);
      // Somebody must read what is left.
      if (child === undefined) again();
      await sink.close();
      closed = true;
      closeSync(pipe.write);
      await readToEnd();
      clearTimeout(timer);
      closeSync(pipe.read);
    },
  };
}

/** In a session of its own: a Ctrl-C in the terminal is for the server, whose last lines it has yet to write. */
function spawn(argv: readonly string[], pipe: Pipe, environment: Environment): Bun.Subprocess {
  return Bun.spawn([...argv], {
    cwd: "/",
    env: { ...environment },
    stdio: [pipe.read, "ignore", "inherit"],
    detached: true,
  });
}
