/** The application that tests of debug mode look into, and what it says of itself. */

import { join } from "node:path";
import { start, type Options, type Server } from "../../harness/server.ts";
import { until } from "../../harness/until.ts";

export const debugged = join(import.meta.dir, "apps", "debugged.py");

export const CTRL_C = "\x03";

const AGAIN_MS = 1000;

export interface About {
  readonly pid: number;
  readonly isMainThread: boolean;
  /** Of standard input, output and error. */
  readonly isTerminal: readonly boolean[];
  readonly variables: Readonly<Record<string, string>>;
  readonly environ: Readonly<Record<string, string | boolean>>;
  readonly searchPath: readonly string[];
}

export async function about(server: Server, path = "/"): Promise<About> {
  return (await (await server.get(path)).json()) as About;
}

/** A server of it at a terminal, where no line of the log comes between prompts and answers. */
export function atTerminal(args: readonly string[], options: Options = {}): Promise<Server> {
  return start(debugged, args, { ...options, terminal: true, without: ["--log-to-terminal"] });
}

/** The error log of such a server so far. */
export function errorLog(server: Server): Promise<string> {
  return Bun.file(join(server.root, "error_log")).text();
}

/**
 * Presses Ctrl-C until `pattern` shows on the terminal. CPython does nothing about a signal that comes in the moment before
 * it waits for input, or for time to pass; a person is hardly that fast.
 */
export async function interrupt(server: Server, pattern: RegExp): Promise<void> {
  await until(`${pattern} after Ctrl-C`, () => {
    server.type(CTRL_C);
    return server.waitForOutput(pattern, AGAIN_MS).catch(() => false);
  });
}
