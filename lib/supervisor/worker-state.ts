/**
 * When a worker lives, drains and dies. Pure: no clock, no process.
 *
 *     starting → ready → draining → stopping → dead        (any of them may be left out)
 *
 * Times are ms of one monotonic clock.
 */

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
}

/** What happened to a worker, or was decided about it. `graceMs` 0 is no limit. */
export type Happening =
  | { readonly kind: "ready" }
  | { readonly kind: "drain"; readonly why: string; readonly graceMs: number }
  | { readonly kind: "stop"; readonly why: string; readonly graceMs: number }
  | { readonly kind: "signalled" }
  | { readonly kind: "exit"; readonly why: string };

/** What the supervisor knows of one worker at `now`. */
export interface Vitals {
  readonly now: number;
}

/** The next step for a worker, with its reason in the words of the log. */
export type Verdict =
  | { readonly act: "nothing" }
  | { readonly act: "stop"; readonly why: string }
  | { readonly act: "signal" }
  | { readonly act: "kill"; readonly why: string };

const carryOn: Verdict = { act: "nothing" };

// A worker that doesn't listen to the supervisor may still listen to the kernel. One that already stops takes no notice.
const SIGNAL_AFTER_MS = 1000;

/** A worker that was just started. */
export function started(now: number): WorkerState {
  return { phase: "starting", startedAt: now, readyAt: null, why: "", deadline: Infinity, signalAt: Infinity };
}

/** The state after something happened. Nothing leads back: a stopping worker that says "ready" goes on stopping. */
export function after(state: WorkerState, happening: Happening, now: number): WorkerState {
  if (state.phase === "dead") return state;
  switch (happening.kind) {
    case "ready":
      return state.phase === "starting" ? { ...state, phase: "ready", readyAt: now } : state;
    case "drain":
      if (state.phase !== "starting" && state.phase !== "ready") return state;
      return { ...state, phase: "draining", why: happening.why, deadline: deadline(now, happening.graceMs) };
    case "stop": {
      const at = deadline(now, happening.graceMs);
      // Asked twice, the shorter time counts: the second may be a server that can wait no longer.
      if (state.phase === "stopping") return { ...state, deadline: Math.min(state.deadline, at) };
      const signalAt = now + SIGNAL_AFTER_MS;
      return { ...state, phase: "stopping", why: state.why || happening.why, deadline: at, signalAt };
    }
    case "signalled":
      return { ...state, signalAt: Infinity };
    case "exit":
      return { ...state, phase: "dead", why: state.why || happening.why, deadline: Infinity, signalAt: Infinity };
  }
}

/** What is to be done about a worker now. */
export function judge(state: WorkerState, vitals: Vitals): Verdict {
  if (vitals.now < state.deadline) return vitals.now < state.signalAt ? carryOn : { act: "signal" };
  if (state.phase === "draining") return { act: "stop", why: "graceful timer expired" };
  if (state.phase === "stopping") return { act: "kill", why: "shutdown timer expired" };
  return carryOn;
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
