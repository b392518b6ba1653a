/** What apps/inside.py tells of a request and its process, and starts that are to fail. */

import { join } from "node:path";
import { malt, run, type Ended } from "../../harness/binary.ts";
import { folder, readable } from "../../harness/folders.ts";
import { python } from "../../harness/pythons.ts";
import type { Server } from "../../harness/server.ts";

export interface Inside {
  /** Types stand for values that JSON can't carry. */
  readonly environ: Readonly<Record<string, unknown>>;
  /** `os.environ`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** `sys.path`. */
  readonly path: readonly string[];
  readonly argv: readonly string[];
  readonly umask: number;
  /** Real, effective and saved. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  readonly executable: string;
  readonly prefix: string;
  /** "3.11" */
  readonly version: string;
  /** Of LC_CTYPE. */
  readonly locale: string;
  readonly pid: number;
  readonly threads: readonly string[];
  /** Send and receive buffer of each connection to the worker, as the kernel has them. */
  readonly buffers: readonly (readonly [send: number, receive: number])[];
}

/** The application that tells, where every user can read it: applications of tests run it in their turn. */
export const inside = await readable(here("inside.py"));

export const isRoot = process.getuid?.() === 0;

/** The path of an application of this folder's own. */
export function here(name: string): string {
  return join(import.meta.dir, "apps", name);
}

export async function look(server: Server, path = "/", init?: RequestInit): Promise<Inside> {
  return (await (await server.get(path, init)).json()) as Inside;
}

/** Runs `start-server` with `args`, and what else a server of a test gets, to the end that it should come to. */
export async function refusal(
  args: readonly string[],
  {
    env = {},
    user = python.user,
  }: { readonly env?: Readonly<Record<string, string>>; readonly user?: string | null } = {},
): Promise<Ended> {
  using home = folder();
  const usual = ["--port=0", `--server-root=${join(home.path, "root")}`, `--python=${python.path}`];
  const words = [...usual, ...(user === null ? [] : [`--user=${user}`]), ...args];
  const own = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return await run([malt, "start-server", ...words], {
    cwd: home.path,
    env: { ...(Object.fromEntries(own) as Record<string, string>), ...env },
  });
}
