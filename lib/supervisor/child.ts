/** A child process and the pipes of its output: what front ends and workers have in common. */

import { closeSync } from "node:fs";
import { codeOf } from "../os/errors.ts";
import { makePipe } from "../os/pipes.ts";
import type { Environment } from "./child-environment.ts";
import type { Death } from "./death.ts";

export interface ChildPlan {
  readonly argv: readonly string[];
  /** What the process calls itself in lists of processes, instead of the first word. */
  readonly shownAs?: string;
  readonly cwd: string;
  readonly environment: Environment;
  /** Descriptors from 3 on: an own one to inherit, or a new socket pair. */
  readonly inherited: readonly (number | "pipe")[];
  /** Messages of a child that is Bun too. */
  readonly ipc?: (message: unknown) => void;
}

export interface Child {
  readonly process: Bun.Subprocess;
  readonly pid: number;
  /** Read ends of its stdout and stderr. */
  readonly stdout: number;
  readonly stderr: number;
  /** How it ended, but for its last words. */
  readonly ended: Promise<Omit<Death, "lastWords">>;
  /** Processor time that it has used; 0 before its end. */
  cpuMs(): number;
}

/** Starts a child in a session of its own, so that a Ctrl-C in the terminal reaches only us; the reason when it can't. */
export function startChild({
  argv,
  shownAs,
  cwd,
  environment,
  inherited,
  ipc,
}: ChildPlan): Child | { readonly problem: string } {
  const out = makePipe();
  const err = makePipe();
  try {
    const child = Bun.spawn([...argv], {
      cwd,
      env: { ...environment },
      stdio: ["ignore", out.write, err.write, ...inherited],
      detached: true,
      ...(shownAs === undefined ? {} : { argv0: shownAs }),
      ...(ipc === undefined ? {} : { ipc, serialization: "json" as const }),
    });
    const ended = child.exited.then(() => ({
      code: child.exitCode,
      signal: child.signalCode === null ? null : String(child.signalCode),
    }));
    return { process: child, pid: child.pid, stdout: out.read, stderr: err.read, ended, cpuMs: () => usedMs(child) };
  } catch (error) {
    closeSync(out.read);
    closeSync(err.read);
    return { problem: `${argv[0]} cannot be started in ${cwd} (${codeOf(error)})` };
  } finally {
    closeSync(out.write);
    closeSync(err.write);
  }
}

function usedMs(child: Bun.Subprocess): number {
  const us = child.resourceUsage()?.cpuTime.total ?? 0;
  return Number(us) / 1000;
}

/** Sends a signal to a child, or with `group` to all that it started too and that stayed in its session's group. */
export function signalChild(pid: number, signal: NodeJS.Signals, group: boolean): void {
  try {
    process.kill(group ? -pid : pid, signal);
  } catch (error) {
    // It ended a moment ago.
    if (codeOf(error) !== "ESRCH") throw error;
  }
}
