/** A child process, and the pipes of its output or the terminal: what front ends and workers have in common. */

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
  /** How it ended, but for its last words. */
  readonly ended: Promise<Omit<Death, "lastWords">>;
  /** Processor time that it has used; 0 before its end. */
  cpuMs(): number;
}

export interface PipedChild extends Child {
  /** Read ends of its stdout and stderr. */
  readonly stdout: number;
  readonly stderr: number;
}

export interface TerminalChild extends Child {
  readonly stdout: null;
  readonly stderr: null;
}

export interface Problem {
  readonly problem: string;
}

/** Starts a child in a session of its own, so that a Ctrl-C in the terminal reaches only us; the reason when it can't. */
export function startChild(plan: ChildPlan): PipedChild | Problem {
  const out = makePipe();
  const err = makePipe();
  try {
    return { ...spawn(plan, ["ignore", out.write, err.write], true), stdout: out.read, stderr: err.read };
  } catch (error) {
    closeSync(out.read);
    closeSync(err.read);
    return { problem: describe(plan, error) };
  } finally {
    closeSync(out.write);
    closeSync(err.write);
  }
}

function usedMs(child: Bun.Subprocess): number {
  const us = child.resourceUsage()?.cpuTime.total ?? 0;
  return Number(us) / 1000;
}

/** Starts a child that has our terminal: in our process group, since others may not read from it. */
export function startOnTerminal(plan: ChildPlan): TerminalChild | Problem {
  try {
    return { ...spawn(plan, ["inherit", "inherit", "inherit"], false), stdout: null, stderr: null };
  } catch (error) {
    return { problem: describe(plan, error) };
  }
}

type Stream = "ignore" | "inherit" | number;

function spawn(
  { argv, shownAs, cwd, environment, inherited, ipc }: ChildPlan,
  streams: [Stream, Stream, Stream],
  detached: boolean,
): Child {
  const child = Bun.spawn([...argv], {
    cwd,
    env: { ...environment },
    stdio: [...streams, ...inherited],
    detached,
    ...(shownAs === undefined ? {} : { argv0: shownAs }),
    ...(ipc === undefined ? {} : { ipc, serialization: "json" as const }),
  });
  const ended = child.exited.then(() => ({
    code: child.exitCode,
    signal: child.signalCode === null ? null : String(child.signalCode),
  }));
  return { process: child, pid: child.pid, ended, cpuMs: () => usedMs(child) };
}

function describe({ argv, cwd }: ChildPlan, error: unknown): string {
  return `${argv[0]} cannot be started in ${cwd} (${codeOf(error)})`;
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
