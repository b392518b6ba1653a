/**
 * All front ends: one in each seat, replaced when it dies, or by a successor that serves before it leaves. Every listener
 * has somebody who accepts on it: its own front end, or while that is down another.
 */

import type { ToFrontEnd } from "../control/frontend.ts";
import type { FrontEndReport } from "../metrics/report.ts";
import { allTraffic, NO_TRAFFIC, type TrafficCounts } from "../metrics/traffic.ts";
import { usageOf } from "../os/proc.ts";
import { restartAfter } from "./backoff.ts";
import { describeDeath, hint } from "./death.ts";
import { startFrontEnd, type FrontEnd, type FrontEndLaunch } from "./front-end-process.ts";
import type { Journal } from "./journal.ts";

export interface FrontEndPlan extends FrontEndLaunch {
  readonly count: number;
  /** What a front end that has just started must hear of the workers. */
  introductions(): readonly ToFrontEnd[];
}

export interface FrontEnds {
  /** Resolves when every one serves for the first time. */
  readonly serving: Promise<void>;
  /** Tells all of them. */
  tell(message: ToFrontEnd): void;
  pids(): readonly number[];
  /** Asks all of them what they have counted. */
  report(): Promise<FrontEndsReport>;
  /** Has all of them finish with a worker; resolves when none has anything in its hands any more. */
  drainWorker(id: number): Promise<void>;
  /**
   * Replaces each by a new one, which accepts clients before the old one stops to. Old ones finish what they have, within
   * `graceMs` (0 is no limit). Resolves when every new one serves; one that can't start leaves the old one in its seat.
   */
  renew(graceMs: number): Promise<void>;
  /**
   * Lets all finish what they have and exit; those that haven't after `graceMs` (0 is never) are killed. Resolves, with
   * whether that was needed, when none is left. Said again, the shorter time counts.
   */
  drain(graceMs: number): Promise<{ readonly killed: boolean }>;
  /** Kills all at once. */
  kill(): void;
}

export interface FrontEndsReport {
  readonly frontEnds: readonly FrontEndReport[];
  /** Of all, also of those that have ended. */
  readonly traffic: TrafficCounts;
  readonly cpuMs: number;
  readonly ends: number;
}

// What it wrote is read long before, unless the disk is slow or something that it started holds the pipes open.
const SILENCE_MS = 2000;

/** The place of one front end, which owns the listeners of this number. */
interface Seat {
  readonly number: number;
  frontEnd: FrontEnd | undefined;
  early: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Starts the front ends. */
export function startFrontEnds(plan: FrontEndPlan, journal: Journal): FrontEnds {
  const seats: readonly Seat[] = Array.from({ length: plan.count }, (_, number) => ({
    number,
    frontEnd: undefined,
    early: 0,
    timer: undefined,
  }));
  /** Also those whose seat another has taken. */
  const running = new Set<FrontEnd>();
  /** What those had counted that have ended, as far as they had told. */
  let gone = { traffic: NO_TRAFFIC, cpuMs: 0, ends: 0 };
  let closing = false;
  let killed = false;
  const empty = Promise.withResolvers<void>();
  const serving = Promise.withResolvers<void>();

  /** Starts one for a seat, which it doesn't take yet. */
  const launch = (seat: Seat): FrontEnd | { readonly problem: string } => {
    const born = startFrontEnd(plan, seat.number, () => assign());
    if ("problem" in born) return born;
    running.add(born);
    void journal.write("core", "info", `front end (pid ${born.pid}) started`);
    for (const message of plan.introductions()) born.tell(message);
    void born.death.then(async (death) => {
      running.delete(born);
      const { traffic } = born.lastCounts ?? { traffic: NO_TRAFFIC };
      gone = { traffic: allTraffic([gone.traffic, traffic]), cpuMs: gone.cpuMs + born.cpuMs(), ends: gone.ends + 1 };
      killed ||= born.killed;
      const what = born.killed
        ? `front end (pid ${born.pid}) was killed: it had not finished within --shutdown-timeout`
        : `front end (pid ${born.pid}) died unexpectedly: ${describeDeath(death)}${hint(death)}`;
      if (seat.frontEnd === born) vacate(seat, born.readyAt, what);
      else if (!closing && (born.killed || !born.draining)) void journal.write("core", "error", what);
      await Promise.race([born.silent, Bun.sleep(SILENCE_MS)]);
      if (closing && running.size === 0) empty.resolve();
    });
    return born;
  };

  const fill = (seat: Seat): void => {
    clearTimeout(seat.timer);
    const born = launch(seat);
    if ("problem" in born) vacate(seat, null, `a front end did not start: ${born.problem}`);
    else seat.frontEnd = born;
  };

  const vacate = (seat: Seat, readyAt: number | null, why: string): void => {
    seat.frontEnd = undefined;
    if (closing) return;
    assign();
    const { early, delayMs } = restartAfter(seat.early, readyAt === null ? null : performance.now() - readyAt);
    seat.early = early;
    const when = delayMs === 0 ? "now" : `in ${delayMs / 1000} s`;
    void journal.write("core", "error", `${why}; it is replaced ${when}`);
    if (delayMs === 0) return fill(seat);
    seat.timer = setTimeout(() => fill(seat), delayMs);
  };

  /** Sees to it that somebody accepts on every listener, and its own front end alone when there is one. */
  const assign = (): void => {
    const able = seats.flatMap(({ frontEnd }) => (frontEnd?.readyAt == null ? [] : [frontEnd]));
    if (able.length === seats.length) serving.resolve();
    for (const { number, frontEnd } of seats) {
      const who = frontEnd !== undefined && able.includes(frontEnd) ? frontEnd : able[0];
      for (const other of able) {
        if ((other === who) === other.accepts.has(number)) continue;
        if (other === who) other.accepts.add(number);
        else other.accepts.delete(number);
        other.tell({ kind: other === who ? "accept" : "leave", owner: number });
      }
    }
  };

  const succeed = async (seat: Seat, graceMs: number): Promise<void> => {
    const former = seat.frontEnd;
    // One that is waited for, because its predecessors died early, gets its chance now.
    if (former === undefined) return fill(seat);
    const next = launch(seat);
    const problem = "problem" in next ? next.problem : (await next.ready) ? null : "it ended at once";
    if (closing) return;
    if (problem !== null || "problem" in next) {
      void journal.write("core", "error", `front end (pid ${former.pid}) stays: no successor started: ${problem}`);
      return;
    }
    // The old one may have died meanwhile, and been replaced as such.
    const present = seat.frontEnd;
    clearTimeout(seat.timer);
    seat.frontEnd = next;
    assign();
    present?.drain(graceMs, true);
  };

  const close = () => {
    closing = true;
    for (const { timer } of seats) clearTimeout(timer);
    if (running.size === 0) empty.resolve();
  };

  for (const seat of seats) fill(seat);

  return {
    serving: serving.promise,
    tell(message) {
      for (const frontEnd of running) frontEnd.tell(message);
    },
    pids: () => [...running].map(({ pid }) => pid),
    async report() {
      const asked = [...running];
      const frontEnds = await Promise.all(asked.map(describe));
      // One that has ended meanwhile is among those that are gone by now.
      const there = asked.filter((frontEnd) => running.has(frontEnd));
      const traffic = there.flatMap(({ lastCounts }) => lastCounts?.traffic ?? []);
      return {
        frontEnds: frontEnds.filter((_, index) => running.has(asked[index] as FrontEnd)),
        traffic: allTraffic([gone.traffic, ...traffic]),
        cpuMs: frontEnds.reduce((sum, { cpuMs }) => sum + cpuMs, gone.cpuMs),
        ends: gone.ends,
      };
    },
    async drainWorker(id) {
      await Promise.all([...running].map((frontEnd) => frontEnd.drainWorker(id)));
    },
    async renew(graceMs) {
      await Promise.all(seats.map((seat) => succeed(seat, graceMs)));
    },
    async drain(graceMs) {
      close();
      for (const frontEnd of running) frontEnd.drain(graceMs, false);
      await empty.promise;
      return { killed };
    },
    kill() {
      close();
      for (const frontEnd of running) frontEnd.kill();
    },
  };
}

async function describe(frontEnd: FrontEnd): Promise<FrontEndReport> {
  const { pid, startedAt } = frontEnd;
  const counts = await frontEnd.count();
  const { cpuMs, rssBytes } = usageOf(pid) ?? { cpuMs: 0, rssBytes: 0 };
  const state = frontEnd.draining ? "draining" : frontEnd.readyAt === null ? "starting" : "ready";
  return { pid, state, uptimeMs: performance.now() - startedAt, cpuMs, rssBytes, counts };
}
