/** Starts servers, each the leader of its own session, and sees to it that none outlives the benchmark. */

import { closeSync, openSync, readFileSync } from "node:fs";
import type { ProcStat } from "./proc-stat.ts";
import { isAlive, processTree } from "./process-tree.ts";

export interface ServerProcess {
  readonly pid: number;
  /** Everything it wrote. */
  readonly log: string;
  /** Resolves when the first process has ended. */
  readonly exited: Promise<number>;
}

const running = new Set<ServerProcess>();

/** Start `command` in `directory`; its output goes to the file `log`. */
export function startProcess(
  command: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>>,
  log: string,
): ServerProcess {
  const output = openSync(log, "a");
  try {
    const child = Bun.spawn([...command], {
      cwd: directory,
      env: environment,
      stdio: ["ignore", output, output],
      detached: true,
    });
    const server = { pid: child.pid, log, exited: child.exited };
    running.add(server);
    return server;
  } finally {
    closeSync(output);
  }
}

/**
 * Stop `server` and all it started: SIGTERM to the first process, and after five seconds, or for those it leaves
 * behind, SIGKILL. Returns how many had to be killed.
 */
export async function stopProcess(server: ServerProcess): Promise<number> {
  const tree = processTree(server.pid);
  signal(server.pid, "SIGTERM");
  await Promise.race([server.exited, Bun.sleep(5000)]);
  // Children of a supervisor that has just ended may still be on their way out.
  const late = Date.now() + 500;
  while (remains(server, tree).length > 0 && Date.now() < late) await Bun.sleep(20);
  const left = remains(server, tree);
  for (const stat of left) signal(stat.pid, "SIGKILL");
  await server.exited;
  running.delete(server);
  return left.length;
}

/** SIGKILL to every process of every server that still runs: the way out after Ctrl-C. */
export function killAll(): void {
  for (const server of running) {
    // A second look finds what was forked during the first; nobody is left to fork after that.
    for (let look = 0; look < 2; look++) {
      for (const stat of processTree(server.pid)) signal(stat.pid, "SIGKILL");
    }
  }
  running.clear();
}

/** The last `lines` lines of what a server wrote. */
export function tailOf(log: string, lines: number): string {
  try {
    return readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

function remains(server: ServerProcess, known: readonly ProcStat[]): readonly ProcStat[] {
  const now = processTree(server.pid);
  const strays = known.filter((stat) => isAlive(stat) && now.every((other) => other.pid !== stat.pid));
  return [...now, ...strays];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended between the look and the call.
  }
}
