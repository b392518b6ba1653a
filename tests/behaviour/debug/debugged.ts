/** The application that tests of debug mode look into, and what it says of itself. */

import { join } from "node:path";
import { start, type Options, type Server } from "../../harness/server.ts";

export const debugged = join(import.meta.dir, "apps", "debugged.py");

export const CTRL_C = "\x03";

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

/** A server of it at a terminal. */
export function atTerminal(args: readonly string[], options: Options = {}): Promise<Server> {
  return start(debugged, args, { ...options, terminal: true });
}
