/**
 * A server for one test: the built binary, started for real on a free port, and stopped without a trace when it goes out
 * of scope.
 *
 *     await using server = await start(app("hello.py"), ["--threads=1"]);
 *     expect(await server.text("/")).toBe("Hello World!");
 */

import { join } from "node:path";
import { malt } from "./binary.ts";
import { folder, readable, type Folder } from "./folders.ts";
import { launch, launchAtTerminal } from "./launch.ts";
import { childrenOf, isConnected, leftovers } from "./processes.ts";
import { python as anyPython, type Python } from "./pythons.ts";
import { rawClient, type Enough, type RawClient } from "./raw.ts";
import type { Transcript } from "./transcript.ts";
import { PATIENCE_MS, until } from "./until.ts";

export interface Options {
  readonly python?: Python;
  /** Given to `--user`; null leaves the option out. The one {@link Python} says by default. */
  readonly user?: string | null;
  /** On top of the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options that a server of a test otherwise gets: `["--log-to-terminal"]` sends the logs to files. */
  readonly without?: readonly ("--log-to-terminal" | "--server-root" | "--python")[];
  /** Where the server is started; its own temporary folder by default. */
  readonly cwd?: string;
  /** The program and the words before `start-server`. */
  readonly program?: readonly string[];
  /** It runs at a terminal, to which standard output and standard error both go. */
  readonly terminal?: boolean;
  /** What to wait for: that every worker is connected, or only the banner, as without an application. */
  readonly until?: "workers" | "banner";
}

export interface Server extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  /** Or the path of the socket, and 0. */
  readonly host: string;
  readonly port: number;
  /** The server root, a temporary folder. */
  readonly root: string;
  /** Of the supervisor. */
  readonly pid: number;
  /** The error log so far: standard error. */
  log(): string;
  /** Banner and access log so far: standard output. */
  output(): string;
  waitForLog(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  waitForOutput(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  /** Presses keys at the terminal: "\x03" is Ctrl-C. */
  type(keys: string): void;
  /** Redirects are not followed. */
  get(path: string, init?: RequestInit): Promise<Response>;
  text(path: string, init?: RequestInit): Promise<string>;
  /** Sends `bytes` on a connection of its own; all that came back by the time the server closed it, or it was `enough`. */
  raw(bytes: string | Uint8Array, enough?: Enough): Promise<string>;
  connect(): Promise<RawClient>;
  processes(): { frontEnds: number[]; workers: number[] };
  /** Resolves when every worker there is has a front end connected, as after the start. */
  ready(): Promise<void>;
  /** Sends the signal to the supervisor and waits for its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number>;
  /** The exit code of the supervisor, once it has one. */
  readonly exited: Promise<number>;
}

/** What the servers of the current test have written, for the test that fails. */
export const written: (() => string)[] = [];

/**
 * Starts `application` (a path, or null when `args` say all) and waits until it can be asked.
 * Throws, with everything the server wrote, when it ends early or is not ready in time.
 */
export async function start(
  application: string | null,
  args: readonly string[] = [],
  options: Options = {},
): Promise<Server> {
  const home = folder();
  const python = options.python ?? anyPython;
  const user = options.user === undefined ? python.user : options.user;
  const root = join(home.path, "root");
  const mark = crypto.randomUUID();
  const usual = ["--log-to-terminal", `--server-root=${root}`, `--python=${python.path}`];
  const without: readonly string[] = options.without ?? [];
  const { child, out, err } = (options.terminal === true ? launchAtTerminal : launch)(
    [
      ...(options.program ?? [malt]),
      "start-server",
      ...(application === null ? [] : [await readable(application)]),
      "--port=0",
      ...usual.filter((word) => !without.includes(word.replace(/=.*/, ""))),
      ...(user === null ? [] : [`--user=${user}`]),
      ...args,
    ],
    { cwd: options.cwd ?? home.path, env: { ...process.env, ...options.env, MALT_TEST_SERVER: mark } },
  );
  written.push(() => `malt ${args.join(" ")}\n${out.text()}${err.text()}`);

  async function dispose(): Promise<void> {
    await end(child, mark, home);
  }

  try {
    const [, unix, host = "", digits = "0"] = await banner(out, err);
    // A name is what the site goes by (--server-name), and not one that anybody here can look up.
    const tcp = /^[\d.]+$|^\[/.test(host) ? host : "127.0.0.1";
    const address = unix === undefined ? tcp : decodeURIComponent(host);
    const server = member({ address, port: Number(digits), root, child, out, err, dispose });
    if (options.until !== "banner") await server.ready();
    return server;
  } catch (error) {
    await dispose();
    throw new Error(`the server did not start: ${String(error)}\n${out.text()}${err.text()}`, { cause: error });
  }
}

interface Running {
  readonly address: string;
  readonly port: number;
  readonly root: string;
  readonly child: Bun.Subprocess;
  readonly out: Transcript;
  readonly err: Transcript;
  readonly dispose: () => Promise<void>;
}

function member({ address, port, root, child, out, err, dispose }: Running): Server {
  const unix = address.startsWith("/") ? { unix: address } : {};
  const url = address.startsWith("/") ? "http://localhost" : `http://${address}:${port}`;
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(url + path, { redirect: "manual", ...unix, ...init });
  const connect = (): Promise<RawClient> => rawClient(port, address.replace(/^\[(.*)\]$/, "$1"));
  return {
    url,
    host: address,
    port,
    root,
    pid: child.pid,
    log: () => err.text(),
    output: () => out.text(),
    waitForLog: (pattern, patienceMs) => err.match(pattern, patienceMs),
    waitForOutput: (pattern, patienceMs) => out.match(pattern, patienceMs),
    get,
    text: async (path, init) => (await get(path, init)).text(),
    raw: async (bytes, enough) => {
      using client = await connect();
      client.send(bytes);
      return await (enough === undefined ? client.readToEnd() : client.read(enough));
    },
    connect,
    type: (keys) => void child.terminal?.write(keys),
    processes: () => childrenOf(child.pid),
    ready: async () => {
      await until("every worker to be connected", () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
        const { frontEnds, workers } = childrenOf(child.pid);
        return frontEnds.length > 0 && workers.length > 0 && workers.every(isConnected);
      });
    },
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      return await child.exited;
    },
    exited: child.exited,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The banner's line with the address; once standard output has ended, the reason is in the other stream. */
async function banner(out: Transcript, err: Transcript): Promise<RegExpExecArray> {
  try {
    return await out.match(/^Server URL +: http(\+unix)?:\/\/(.+?)(?::(\d+))?\/$/m);
  } catch (error) {
    await Promise.race([err.ended, Bun.sleep(PATIENCE_MS)]);
    throw error;
  }
}

/** Stops the server if it still runs, and holds it to leaving nobody behind. */
async function end(child: Bun.Subprocess, mark: string, home: Folder): Promise<void> {
  const left = (): number[] => leftovers(child.pid, mark).map(({ pid }) => pid);
  try {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await until("the server to end on SIGTERM", () => child.exitCode !== null || child.signalCode !== null);
    await until("every process of the server to be gone", () => left().length === 0);
  } catch (error) {
    const words = leftovers(child.pid, mark).map(({ pid, words: line }) => `${pid} ${line.join(" ")}`);
    for (const pid of left()) process.kill(pid, "SIGKILL");
    throw new Error(`${String(error)}; still there:\n${words.join("\n")}`, { cause: error });
  } finally {
    home[Symbol.dispose]();
  }
}
