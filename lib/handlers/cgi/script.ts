/**
 * A script while it runs: its process, and the pipes to it. The one place outside of the supervisor that starts processes:
 * those that clients ask for, as the unprivileged user that the front end is.
 */

import { closeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { codeOf } from "../../os/errors.ts";
import { pipeSource, pipeTarget, type PipeSource, type PipeTarget } from "../../os/pipe-flow.ts";
import { makePipe, type Pipe } from "../../os/pipes.ts";
import type { ScriptEnvironment } from "./environment.ts";

/** Whoever a script runs for. */
export interface ScriptListener {
  /** What was asked for by {@link Script.readOn}; empty at the end. */
  output(bytes: Uint8Array): void;
  /** What it said on standard error; empty at the end. */
  complaint(bytes: Uint8Array): void;
  /** A piece of its input has gone, or nobody reads it. */
  inputTaken(read: boolean): void;
  exited(): void;
  /** What one of the others has thrown. */
  thrown(error: unknown): void;
}

/** Apache waits as long between asking a script to end and making it. */
const KILL_AFTER_MS = 3000;

/** What children of a script hold open behind its end. */
const LAST_WORDS_MS = 1000;

export class Script {
  #pid: number;
  #running = true;
  #stopping = false;
  #input: PipeTarget | null;
  #output: PipeSource;
  #errors: PipeSource;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  private constructor(child: Bun.Subprocess, input: PipeTarget | null, output: PipeSource, errors: PipeSource) {
    this.#pid = child.pid;
    this.#input = input;
    this.#output = output;
    this.#errors = errors;
  }

  /**
   * In its own directory and in a session of its own, so that all that it starts can be ended with it.
   * @param path latin-1 text, as the words and the environment are
   * @returns the code of the system when it can't be started
   */
  static start(
    path: string,
    words: readonly string[],
    environment: ScriptEnvironment,
    hasInput: boolean,
    listener: ScriptListener,
  ): Script | string {
    const file = textOf(path);
    // What the runtime would turn into other bytes can't be named.
    if (file === null) return "EILSEQ";
    const pipes: Pipe[] = [];
    try {
      const out = makePipe();
      pipes.push(out);
      const err = makePipe();
      pipes.push(err);
      const input = hasInput ? makePipe() : null;
      if (input !== null) pipes.push(input);
      const child = Bun.spawn([`./${basename(file)}`, ...words.map(lossy)], {
        cwd: dirname(file),
        env: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, lossy(value)])),
        stdio: [input?.read ?? "ignore", out.write, err.write],
        detached: true,
      });
      for (const fd of [input?.read, out.write, err.write]) if (fd !== undefined) closeSync(fd);
      const thrown = (error: unknown): void => listener.thrown(error);
      const script = new Script(
        child,
        input && pipeTarget(input.write, (read) => listener.inputTaken(read), thrown),
        pipeSource(out.read, (bytes) => listener.output(bytes), thrown),
        pipeSource(err.read, (bytes) => script.#complained(bytes, listener), thrown),
      );
      script.#errors.next();
      child.exited.then(() => script.#ended(listener)).catch(thrown);
      return script;
    } catch (error) {
      for (const fd of pipes.flatMap(({ read, write }) => [read, write])) closeSync(fd);
      return codeOf(error);
    }
  }

  /** Asks for the next piece of output. */
  readOn(): void {
    this.#output.next();
  }

  /** One piece at a time, see {@link ScriptListener.inputTaken}. */
  write(bytes: Uint8Array): void {
    this.#input?.write(bytes);
  }

  closeInput(): void {
    this.#input?.close();
  }

  /** Asks it to end, and what it has started, and makes it after a while; nothing of it is wanted any more. */
  stop(): void {
    this.#stopping = true;
    this.#output.close();
    this.#input?.close();
    this.#signal("SIGTERM");
    this.#deadline ??= setTimeout(() => this.#signal("SIGKILL"), KILL_AFTER_MS);
  }

  /** Its output has ended: it may take a moment to end, too. */
  finish(): void {
    this.#input?.close();
    if (this.#running) this.#deadline ??= setTimeout(() => this.#overdue(), KILL_AFTER_MS);
  }

  #overdue(): void {
    this.#deadline = undefined;
    this.stop();
  }

  #complained(bytes: Uint8Array, listener: ScriptListener): void {
    listener.complaint(bytes);
    if (bytes.length > 0) this.#errors.next();
  }

  #ended(listener: ScriptListener): void {
    this.#running = false;
    // What it has started lives on, unless it was told to end, too; the number is the group's as long as one is in it.
    if (!this.#stopping || !this.#signal(0)) clearTimeout(this.#deadline);
    setTimeout(() => this.#errors.close(), LAST_WORDS_MS);
    listener.exited();
  }

  /** @returns false when there is nobody to hear it. */
  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.#pid, signal);
    } catch {
      return false;
    }
  }
}

/** Names that are no UTF-8 can't be given to the runtime. */
function textOf(path: string): string | null {
  const bytes = Buffer.from(path, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text).equals(bytes) ? text : null;
}

/** Bytes that are no UTF-8 are lost. */
function lossy(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
