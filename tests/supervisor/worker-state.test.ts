/** The life of a worker as a table: what happens, and what is done about it. */

import { describe, expect, test } from "bun:test";
import { restartAfter } from "../../lib/supervisor/backoff.ts";
import { describeDeath, hint } from "../../lib/supervisor/death.ts";
import {
  after,
  isExpected,
  judge,
  started,
  takesRequests,
  type Happening,
  type Phase,
} from "../../lib/supervisor/worker-state.ts";

const ready: Happening = { kind: "ready" };
const drain: Happening = { kind: "drain", why: "restart", graceMs: 15_000 };
const stop: Happening = { kind: "stop", why: "the server stops", graceMs: 5000 };
const exit: Happening = { kind: "exit", why: "exit code 1" };

/** The state after things happened at 1000, 2000, 3000 … ms; it was started at 0. */
function lived(...happenings: readonly Happening[]) {
  return happenings.reduce((state, happening, index) => after(state, happening, 1000 * (index + 1)), started(0));
}

const lives: readonly [name: string, happenings: readonly Happening[], phase: Phase, why: string, expected: boolean][] =
  [
    ["is starting at first", [], "starting", "", false],
    ["is ready when it says so", [ready], "ready", "", false],
    ["drains when told", [ready, drain], "draining", "restart", true],
    ["drains when told before it is ready", [drain], "draining", "restart", true],
    ["goes on draining when it then says ready", [drain, ready], "draining", "restart", true],
    ["stops when told", [ready, stop], "stopping", "the server stops", true],
    ["stops when told before it is ready", [stop], "stopping", "the server stops", true],
    ["goes on stopping when it then says ready", [stop, ready], "stopping", "the server stops", true],
    ["doesn't go back to draining", [stop, drain], "stopping", "the server stops", true],
    ["remembers why it was drained when it is stopped", [ready, drain, stop], "stopping", "restart", true],
    ["is dead when it exits while starting", [exit], "dead", "exit code 1", false],
    ["is dead when it exits while ready", [ready, exit], "dead", "exit code 1", false],
    ["remembers why it was stopped when it is dead", [ready, stop, exit], "dead", "the server stops", false],
    ["stays dead", [exit, ready, drain, stop], "dead", "exit code 1", false],
  ];

describe("a worker", () => {
  for (const [name, happenings, phase, why, expected] of lives) {
    test(name, () => {
      const state = lived(...happenings);
      expect([state.phase, state.why, isExpected(state)]).toEqual([phase, why, expected]);
      expect(takesRequests(state)).toBe(phase === "ready");
    });
  }
});

const verdicts: readonly [name: string, happenings: readonly Happening[], now: number, act: string][] = [
  ["a starting worker may take its time", [], 1e9, "nothing"],
  ["a ready worker is left alone", [ready], 1e9, "nothing"],
  ["a draining worker has until its deadline", [drain], 15_999, "nothing"],
  ["a worker that drained for too long is stopped", [drain], 16_000, "stop"],
  ["a worker that was told to stop has a second to hear it", [stop], 1999, "nothing"],
  ["then it gets the signal as well", [stop], 2000, "signal"],
  ["the signal is sent once", [stop, { kind: "signalled" }], 5999, "nothing"],
  ["a worker that takes too long to stop is killed", [stop], 6000, "kill"],
  ["a grace of 0 is no limit", [{ ...stop, graceMs: 0 }, { kind: "signalled" }], 1e9, "nothing"],
  [
    "asked to stop twice, the shorter time counts",
    [
      { ...stop, graceMs: 0 },
      { ...stop, graceMs: 10 },
    ],
    2010,
    "kill",
  ],
  ["asked again with more time, the first deadline stays", [stop, stop], 6000, "kill"],
  ["stopping begins a new deadline after draining", [drain, stop], 6999, "signal"],
  ["a dead worker needs nothing", [stop, exit], 1e9, "nothing"],
];

describe("what is done about a worker", () => {
  for (const [name, happenings, now, act] of verdicts) {
    test(name, () => expect(judge(lived(...happenings), { now }).act).toBe(act as never));
  }
});

test("ready is remembered with its time", () => {
  expect(lived().readyAt).toBeNull();
  expect(lived(ready, stop, exit).readyAt).toBe(1000);
});

/** Delays after deaths in a row, each given as the ms the child had been ready (null: never). */
function delays(deaths: readonly (number | null)[]): number[] {
  let early = 0;
  return deaths.map((readyMs) => {
    const restart = restartAfter(early, readyMs);
    early = restart.early;
    return restart.delayMs;
  });
}

const restarts: readonly [name: string, deaths: readonly (number | null)[], expected: readonly number[]][] = [
  ["never ready: from 0.1 s, doubled", [null, null, null, null], [100, 200, 400, 800]],
  [
    "never ready: 30 s at most",
    Array.from({ length: 12 }, () => null),
    [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000],
  ],
  ["killed after a while: at once, every time", [5000, 5000, 5000], [0, 0, 0]],
  ["killed right after it was ready: at once", [10], [0]],
  ["ready and dead in a loop: ever more rarely", [10, 10, 10, 10], [0, 100, 200, 400]],
  ["ready for a while: the count begins anew", [null, null, 1000, null], [100, 200, 0, 100]],
];

describe("a child that died is started again", () => {
  for (const [name, deaths, expected] of restarts) {
    test(name, () => expect(delays(deaths)).toEqual([...expected]));
  }
});

test("a death is told by signal or exit code, with the last words", () => {
  expect(describeDeath({ code: null, signal: "SIGSEGV", lastWords: [] })).toBe("killed by signal 11 (SIGSEGV)");
  expect(describeDeath({ code: 3, signal: null, lastWords: ["a", "b"] })).toBe("exit code 3; last on stderr: a | b");
  expect(hint({ code: null, signal: "SIGKILL", lastWords: [] })).toContain("out of memory");
  expect(hint({ code: 1, signal: null, lastWords: [] })).toBe("");
});
