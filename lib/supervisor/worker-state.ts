/**
 * When a worker lives, drains and dies. Pure: no clock, no process.
 *
 *     starting → ready → draining → stopping → dead        (any of them may be left out)
 *
 * Times are ms of one clock, see watch-clock.ts. A limit of 0 is none.
 */

import type { Signs } from "./worker-signs.ts";

export type Phase = "starting" | "ready" | "draining" | "stopping" | "dead";

export interface WorkerState {
  readonly phase: Phase;
  readonly startedAt: number;
  /** When it first could take requests; null when it never could. */
  readonly readyAt: number | null;
  /** Why it is draining, stopping or dead, in the words of the log; "" before. */
  readonly why: string;
  /** When draining or stopping has taken long enough; Infinity is never. */
  readonly deadline: number;
  /** When a stop that was asked for is asked for by a signal. */
  readonly signalAt: number;
  /** Its stacks were asked for, and it is killed at the deadline. */
  readonly condemned: boolean;
  /** A replacement was asked for: it serves until that is ready. */
  readonly outgoing: boolean;
}

/** What happened to a worker, or was decided about it. `graceMs` 0 is no limit. */
export type Happening =
  | { readonly kind: "ready" }
  | { readonly kind: "replace" }
  | { readonly kind: "drain"; readonly why: string; readonly graceMs: number }
  | { readonly kind: "stop"; readonly why: string; readonly graceMs: number }
  | { readonly kind: "signalled" }
  | { readonly kind: "condemn"; readonly why: string }
  | { readonly kind: "exit"; readonly why: string };

/** What the supervisor knows of one worker at `now`. */
export interface Vitals {
  readonly now: number;
  /** When it last said anything. */
  readonly heardAt: number;
  readonly signs: Signs;
}

export interface Limits {
  readonly startupMs: number;
  readonly requestMs: number;
  readonly restartMs: number;
  readonly cpuMs: number;
  readonly deadlockMs: number;
  readonly inactivityMs: number;
}

/** Why a worker goes: in the words of the log, and as the application's `shutdown_reason`. */
export interface Farewell {
  readonly why: string;
  readonly reason: string;
}

/** The next step for a worker. */
export type Verdict =
  | { readonly act: "nothing" }
  /** Another takes its place as soon as it is ready. */
  | { readonly act: "replace"; readonly farewell: Farewell }
  /** It is stuck: another takes its place now. It may end what can end; its stacks tell what can't. */
  | { readonly act: "depart"; readonly farewell: Farewell }
  /** It is beyond hope: its stacks are asked for, then it is killed. */
  | { readonly act: "condemn"; readonly farewell: Farewell }
  | { readonly act: "stop" }
  | { readonly act: "signal" }
  | { readonly act: "kill" };

const carryOn: Verdict = { act: "nothing" };

// A worker that doesn't listen to the supervisor may still listen to the kernel. One that already stops takes no notice.
const SIGNAL_AFTER_MS = 1000;

// A worker ends itself when its time is up, and says what it was doing; this much later it is killed.
const KILL_AFTER_MS = 750;

// For a signal handler to write some stacks.
const LAST_WORDS_MS = 300;

/** A worker that was just started. */
export function started(now: number): WorkerState {
  return {
    phase: "starting",
    startedAt: now,
    readyAt: null,
    why: "",
    deadline: Infinity,
    signalAt: Infinity,
    condemned: false,
    outgoing: false,
  };
}

/** The state after something happened. Nothing leads back: a stopping worker that says "ready" goes on stopping. */
export function after(state: WorkerState, happening: Happening, now: number): WorkerState {
  if (state.phase === "dead") return state;
  switch (happening.kind) {
    case "ready":
      return state.phase === "starting" ? { ...state, phase: "ready", readyAt: now } : state;
    case "replace":
      return { ...state, outgoing: true };
    case "drain":
      if (state.phase !== "starting" && state.phase !== "ready") return state;
      return { ...state, phase: "draining", why: happening.why, deadline: deadline(now, happening.graceMs) };
    case "stop": {
      const at = deadline(now, happening.graceMs) + KILL_AFTER_MS;
      // Asked twice, the shorter time counts: the second may be a server that can wait no longer.
      if (state.phase === "stopping") return { ...state, deadline: Math.min(state.deadline, at) };
      const why = state.why || happening.why;
      return { ...state, phase: "stopping", why, deadline: at, signalAt: now + SIGNAL_AFTER_MS };
    }
    case "signalled":
      return { ...state, signalAt: Infinity };
    case "condemn": {
      const why = state.why || happening.why;
      const at = now + LAST_WORDS_MS;
      return { ...state, phase: "stopping", why, deadline: at, signalAt: Infinity, condemned: true };
    }
    case "exit":
      return { ...state, phase: "dead", why: state.why || happening.why, deadline: Infinity, signalAt: Infinity };
  }
}

/** What is to be done about a worker now. */
export function judge(state: WorkerState, vitals: Vitals, limits: Limits): Verdict {
  const late = vitals.now >= state.deadline;
  switch (state.phase) {
    case "starting":
      return deadlocked(vitals, limits) ?? startsTooLong(state, vitals, limits) ?? carryOn;
    case "ready":
      return stuck(vitals, limits) ?? worn(state, vitals, limits) ?? carryOn;
    case "draining":
      return stuck(vitals, limits) ?? (late ? { act: "stop" } : carryOn);
    case "stopping":
      if (late) return state.condemned ? { act: "kill" } : condemn("Aborting process", "");
      return vitals.now >= state.signalAt ? { act: "signal" } : carryOn;
    case "dead":
      return carryOn;
  }
}

function deadlocked({ now, heardAt }: Vitals, { deadlockMs }: Limits): Verdict | undefined {
  if (deadlockMs === 0 || now - heardAt <= deadlockMs) return undefined;
  return condemn("Daemon process deadlock timer expired, stopping process", "deadlock_timeout");
}

function startsTooLong({ startedAt }: WorkerState, { now }: Vitals, { startupMs }: Limits): Verdict | undefined {
  if (startupMs === 0 || now - startedAt <= startupMs) return undefined;
  return { act: "depart", farewell: startupExpired };
}

/** Something in it goes on for too long. */
function stuck(vitals: Vitals, limits: Limits): Verdict | undefined {
  const dead = deadlocked(vitals, limits);
  if (dead !== undefined || limits.requestMs === 0) return dead;
  if (!vitals.signs.active.some(({ runningMs }) => runningMs > limits.requestMs)) return undefined;
  const why = "Daemon process request time limit exceeded, stopping process";
  return { act: "depart", farewell: { why, reason: "request_timeout" } };
}

/** It has done enough, and another takes its place when that costs nobody anything. */
function worn(state: WorkerState, { now, signs }: Vitals, limits: Limits): Verdict | undefined {
  if (state.outgoing) return undefined;
  const { startupMs, restartMs, cpuMs, inactivityMs } = limits;
  const { active, busyAt, failingSince } = signs;
  if (startupMs > 0 && failingSince !== null && now - failingSince >= startupMs) return replace(startupExpired);
  if (restartMs > 0 && now - state.startedAt >= restartMs)
    return replace({ why: "Application restart timer expired", reason: "restart_interval" });
  if (cpuMs > 0 && signs.cpuMs >= cpuMs) return replace({ why: "Exceeded CPU time limit", reason: "cpu_time_limit" });
  if (inactivityMs > 0 && busyAt !== null && active.length === 0 && now - busyAt >= inactivityMs)
    return replace({
      why: "Daemon process idle inactivity timer expired, stopping process",
      reason: "inactivity_timeout",
    });
  return undefined;
}

const startupExpired: Farewell = {
  why: "Application startup timer expired, stopping process",
  reason: "startup_timeout",
};

function replace(farewell: Farewell): Verdict {
  return { act: "replace", farewell };
}

function condemn(why: string, reason: string): Verdict {
  return { act: "condemn", farewell: { why, reason } };
}

/** Whether requests may be sent to it. */
export function takesRequests(state: WorkerState): boolean {
  return state.phase === "ready";
}

/** Whether its end was asked for: then it is no failure. */
export function isExpected(state: WorkerState): boolean {
  return state.phase === "draining" || state.phase === "stopping";
}

function deadline(now: number, graceMs: number): number {
  return graceMs === 0 ? Infinity : now + graceMs;
}
