/** A supervised server of stand-ins, started for real and gone without a trace when it goes out of scope. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToFrontEnd } from "../../lib/control/frontend.ts";
import { folder } from "../harness/folders.ts";
import { childrenOf, leftovers, processes } from "../harness/processes.ts";
import { until } from "../harness/until.ts";
import { settingsIn } from "./settings.ts";

export type Given = Parameters<typeof settingsIn>[1];

/** What a front end says it heard. */
export interface Report {
  readonly pid: number;
  readonly heard: readonly ToFrontEnd[];
}

/** What a worker wrote down of itself. */
export interface WorkerState {
  readonly config: { readonly environ: Record<string, string>; readonly [key: string]: unknown };
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly ids: readonly [number[], number[], number[]];
  readonly "stderr is a pipe": boolean;
  readonly session: boolean;
  readonly descriptors: readonly number[];
}

export interface Supervised extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly folder: string;
  readonly root: string;
  readonly out: () => string;
  readonly err: () => string;
  /** The error log so far. */
  log(): string;
  accessLog(): string;
  processes(): { frontEnds: number[]; workers: number[] };
  /** What a client gets back for a word, when the server closed the connection or `enough` came. */
  ask(word: string, enough?: string): Promise<string>;
  report(): Promise<Report>;
  /** The report of a front end that has heard of as many ready workers, all told. */
  heardUp(count: number): Promise<Report>;
  workerState(): WorkerState;
  readonly exited: Promise<number>;
}

const runner = [process.execPath, join(import.meta.dir, "run.ts")];

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a supervisor that is expected to end by itself. */
export async function runToEnd(given: Given, inFolder: string): Promise<Ended> {
  const child = spawn(given, inFolder, crypto.randomUUID());
  const [code, out, err] = await Promise.all([child.exited, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}

/** Starts a supervisor and waits for its banner. `environment` is added to ours. */
export async function start(given: Given = {}, environment: Record<string, string> = {}): Promise<Supervised> {
  const home = folder();
  const mark = crypto.randomUUID();
  const child = spawn(given, home.path, mark, environment);
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const root = join(home.path, "root");

  const dispose = async () => {
    child.kill("SIGKILL");
    await child.exited;
    // Workers and front ends end when their supervisor is gone; what didn't is named, and ended.
    try {
      await until("everybody to leave", () => leftovers(child.pid, mark).length === 0);
    } finally {
      for (const { pid } of leftovers(child.pid, mark)) process.kill(pid, "SIGKILL");
      home[Symbol.dispose]();
    }
  };
  try {
    await until("the banner", () => out().includes("Locale Setting") || child.exitCode !== null);
    const port = Number(/Server URL *: http:\/\/[^/]*:(\d+)\//.exec(out())?.[1]);
    if (!Number.isInteger(port)) throw new Error(`no banner: ${out()}${err()}`);
    return server({ child, port, root, home: home.path, out, err, dispose });
  } catch (error) {
    await dispose();
    throw error;
  }
}

type Process = ReturnType<typeof spawn>;

function spawn(given: Given, inFolder: string, mark: string, environment: Record<string, string> = {}) {
  const file = join(inFolder, `${mark}.json`);
  writeFileSync(file, JSON.stringify(settingsIn(inFolder, given)));
  return Bun.spawn([...runner, file], {
    env: { ...process.env, ...environment, MALT_TEST_SERVER: mark },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

interface Started {
  readonly child: Process;
  readonly port: number;
  readonly root: string;
  readonly home: string;
  readonly out: () => string;
  readonly err: () => string;
  readonly dispose: () => Promise<void>;
}

function server({ child, port, root, home, out, err, dispose }: Started): Supervised {
  const read = (name: string) => (existsSync(join(root, name)) ? readFileSync(join(root, name), "utf8") : "");
  const ask = (word: string, enough = "\n") => conversation(port, word, enough);
  const report = async () => JSON.parse(await ask("report")) as Report;
  return {
    pid: child.pid,
    port,
    folder: home,
    root,
    out,
    err,
    log: () => read("error_log"),
    accessLog: () => read("access_log"),
    processes: () => childrenOf(child.pid),
    ask,
    report,
    heardUp: (count) =>
      until(`${count} ready workers`, async () => {
        const now = await report().catch(() => undefined);
        return now !== undefined && now.heard.filter(({ kind }) => kind === "worker-up").length >= count
          ? now
          : undefined;
      }),
    workerState() {
      const [sockets = ""] = [...new Bun.Glob("wsgi.*.u*").scanSync({ cwd: root, onlyFiles: false })];
      return JSON.parse(read(join(sockets, "state"))) as WorkerState;
    },
    exited: child.exited,
    [Symbol.asyncDispose]: dispose,
  };
}

function conversation(port: number, word: string, enough: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  let got = "";
  void Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        socket.write(`${word}\n`);
      },
      data(socket, bytes) {
        got += bytes.toString();
        if (!got.endsWith(enough)) return;
        answer.resolve(got);
        if (word !== "hold") socket.end();
      },
      close: () => answer.resolve(got),
    },
  }).catch(answer.reject);
  return answer.promise;
}

function collect(stream: ReadableStream<Uint8Array>): () => string {
  let all = "";
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) all += decoder.decode(chunk, { stream: true });
  })();
  return () => all;
}

function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

/** Which of these process ids still are. */
export function alive(pids: readonly number[]): number[] {
  const now = new Set(processes().map(({ pid }) => pid));
  return pids.filter((pid) => now.has(pid));
}
