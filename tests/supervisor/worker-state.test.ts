/** The life of a worker as a table: what happens, and what is done about it. */

import { describe, expect, test } from "bun:test";
import type { Beat } from "../../lib/control/worker.ts";
import { restartAfter } from "../../lib/supervisor/backoff.ts";
import { describeDeath, hint } from "../../lib/supervisor/death.ts";
import { farewellWords, graceFor, type Graces } from "../../lib/supervisor/farewell.ts";
import { createStackWords } from "../../lib/supervisor/stack-words.ts";
import { createWatchClock } from "../../lib/supervisor/watch-clock.ts";
import { describeLife, noSigns, signsAfter, signsAfterLoad, type Signs } from "../../lib/supervisor/worker-signs.ts";
import {
  after,
  isExpected,
  judge,
  started,
  takesRequests,
  type Happening,
  type Limits,
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

const off: Limits = { startupMs: 0, requestMs: 0, restartMs: 0, cpuMs: 0, deadlockMs: 0, inactivityMs: 0 };

interface Case {
  readonly limits?: Partial<Limits>;
  readonly signs?: Partial<Signs>;
  /** When it was last heard of; just now when left out. */
  readonly heardAt?: number;
}

const request = (runningMs: number, ignored = false) => ({ thread: 1, id: 1, runningMs, what: "GET /", ignored });
const begged: Happening = { kind: "replace" };
const noGrace: Happening = { ...stop, graceMs: 0 };

/** `answer` is the act, and the shutdown_reason where there is one. */
const verdicts: readonly [name: string, happenings: readonly Happening[], now: number, answer: string, given?: Case][] =
  [
    ["without limits a starting worker may take its time", [], 1e9, "nothing"],
    ["without limits a ready worker is left alone", [ready], 1e9, "nothing", { signs: { active: [request(1e9)] } }],
    ["a draining worker has until its deadline", [drain], 15_999, "nothing"],
    ["a worker that drained for too long is stopped", [drain], 16_000, "stop"],
    ["a worker that was told to stop has a second to hear it", [stop], 1999, "nothing"],
    ["then it gets the signal as well", [stop], 2000, "signal"],
    ["the signal is sent once", [stop, { kind: "signalled" }], 5999, "nothing"],
    ["a stopping worker ends itself at its deadline", [stop, { kind: "signalled" }], 6749, "nothing"],
    ["one that doesn't has its stacks logged", [stop], 6750, "condemn"],
    ["and is killed when they are", [stop, { kind: "condemn", why: "x" }], 2300, "kill"],
    ["but not before", [stop, { kind: "condemn", why: "x" }], 2299, "nothing"],
    ["a grace of 0 is no limit", [noGrace, { kind: "signalled" }], 1e9, "nothing"],
    ["asked to stop twice, the shorter time counts", [noGrace, { ...stop, graceMs: 10 }], 2760, "condemn"],
    ["asked again with more time, the first deadline stays", [stop, stop], 6750, "condemn"],
    ["stopping begins a new deadline after draining", [drain, stop], 7749, "signal"],
    ["a dead worker needs nothing", [stop, exit], 1e9, "nothing"],

    ["--startup-timeout: it may load for so long", [], 15_000, "nothing", { limits: { startupMs: 15_000 } }],
    ["--startup-timeout: not longer", [], 15_001, "depart startup_timeout", { limits: { startupMs: 15_000 } }],
    ["--startup-timeout: once ready, time is no matter", [ready], 1e9, "nothing", { limits: { startupMs: 15_000 } }],
    [
      "--startup-timeout: requests may find no application for so long",
      [ready],
      20_000,
      "replace startup_timeout",
      { limits: { startupMs: 15_000 }, signs: { failingSince: 5000 } },
    ],
    [
      "--startup-timeout: but for so long they may",
      [ready],
      19_999,
      "nothing",
      { limits: { startupMs: 15_000 }, signs: { failingSince: 5000 } },
    ],

    ["--deadlock-timeout: silence has a limit", [ready], 7001, "condemn deadlock_timeout", silent(2000, 5000)],
    ["--deadlock-timeout: up to it, it is nothing", [ready], 7000, "nothing", silent(2000, 5000)],
    ["--deadlock-timeout: also while loading", [], 7001, "condemn deadlock_timeout", silent(2000, 5000)],
    ["--deadlock-timeout: also while draining", [drain], 7001, "condemn deadlock_timeout", silent(2000, 5000)],
    ["--deadlock-timeout: 0 is never", [ready], 1e9, "nothing", { heardAt: 0 }],
    ["--deadlock-timeout: a stopping worker has a limit of its own", [noGrace], 1e9, "signal", silent(2000, 5000)],

    ["--request-timeout: a request may run for so long", [ready], 9e4, "nothing", running(60_000)],
    ["--request-timeout: not longer", [ready], 9e4, "depart request_timeout", running(60_001)],
    ["--request-timeout: the others don't count", [ready], 9e4, "depart request_timeout", running(0, 60_001, 5)],
    [
      "--request-timeout: also while draining",
      [{ ...drain, graceMs: 0 }],
      9e4,
      "depart request_timeout",
      running(60_001),
    ],
    ["--request-timeout: many short ones are nothing", [ready], 9e4, "nothing", running(50_000, 50_000, 50_000)],

    ["--restart-interval: it may be so old", [ready], 9999, "nothing", { limits: { restartMs: 10_000 } }],
    [
      "--restart-interval: counts from the start",
      [ready],
      10_000,
      "replace restart_interval",
      { limits: { restartMs: 10_000 } },
    ],
    ["--restart-interval: is said once", [ready, begged], 20_000, "nothing", { limits: { restartMs: 10_000 } }],
    ["--restart-interval: not while loading", [], 20_000, "nothing", { limits: { restartMs: 10_000 } }],

    ["--cpu-time-limit: less is fine", [ready], 9e4, "nothing", { limits: { cpuMs: 2000 }, signs: { cpuMs: 1999 } }],
    [
      "--cpu-time-limit: reached",
      [ready],
      9e4,
      "replace cpu_time_limit",
      { limits: { cpuMs: 2000 }, signs: { cpuMs: 2000 } },
    ],

    ["--inactivity-timeout: not before the first request", [ready], 1e9, "nothing", idle(null)],
    ["--inactivity-timeout: idle for a while", [ready], 14_999, "nothing", idle(5000)],
    ["--inactivity-timeout: idle for too long", [ready], 15_000, "replace inactivity_timeout", idle(5000)],
    [
      "--inactivity-timeout: not while a request runs, of whatever kind",
      [ready],
      1e9,
      "nothing",
      { limits: { inactivityMs: 10_000 }, signs: { busyAt: 5000, active: [request(9, true)] } },
    ],
  ];

function silent(heardAt: number, deadlockMs: number): Case {
  return { heardAt, limits: { deadlockMs } };
}

function running(...ms: readonly number[]): Case {
  return { limits: { requestMs: 60_000 }, signs: { active: ms.map((runningMs) => request(runningMs)) } };
}

function idle(busyAt: number | null): Case {
  return { limits: { inactivityMs: 10_000 }, signs: { busyAt } };
}

describe("what is done about a worker", () => {
  for (const [name, happenings, now, answer, given = {}] of verdicts) {
    test(name, () => {
      const vitals = { now, heardAt: given.heardAt ?? now, signs: { ...noSigns, ...given.signs } };
      const verdict = judge(lived(...happenings), vitals, { ...off, ...given.limits });
      const said = "farewell" in verdict ? `${verdict.act} ${verdict.farewell.reason}`.trim() : verdict.act;
      expect(said).toBe(answer);
    });
  }
});

const beat = (given: Partial<Beat>): Beat => ({
  kind: "beat",
  served: 0,
  counted: 0,
  active: [],
  cpuMs: 0,
  rssBytes: 0,
  loaded: true,
  ...given,
});

const beats: readonly [name: string, beats: readonly Partial<Beat>[], busyAt: number | null][] = [
  ["nothing happened", [{}, {}], null],
  ["a request was done between beats", [{}, { served: 1, counted: 1 }, { served: 1, counted: 1 }], 2000],
  ["a request runs", [{ active: [request(5)] }, { active: [request(1005)] }], 2000],
  ["an ignored one runs", [{ active: [request(5, true)] }, { served: 1, counted: 0 }], null],
];

const later = (before: Signs, given: readonly Partial<Beat>[]) =>
  given.reduce((signs, one, index) => signsAfter(signs, beat(one), 1000 * (index + 1)), before);

describe("beats, one a second", () => {
  for (const [name, given, busyAt] of beats) {
    test(name, () => expect(later(noSigns, given).busyAt).toBe(busyAt));
  }
});

const loads: readonly [
  name: string,
  before: readonly Partial<Beat>[],
  loaded: boolean,
  since: readonly Partial<Beat>[],
  failingSince: number | null,
][] = [
  ["is on its way", [{ loaded: false }, { loaded: false }], true, [], null],
  ["has failed", [{ loaded: false }], false, [], 500],
  [
    "has failed for long, whether somebody asks or not",
    [],
    false,
    [{ loaded: false }, { loaded: false, served: 1 }],
    500,
  ],
  ["has failed, and a request had it succeed", [], false, [{ loaded: false }, { served: 1 }], null],
];

describe("the load of the application", () => {
  for (const [name, before, loaded, since, failingSince] of loads) {
    test(name, () => {
      const signs = later(signsAfterLoad(later(noSigns, before), loaded, 500), since);
      expect([signs.failingSince, signs.loaded]).toEqual([failingSince, failingSince === null]);
    });
  }
});

test("the clock of the limits stands still while nobody looks at it", () => {
  let time = 5000;
  const clock = createWatchClock(() => time);
  const seen = [200, 400, 100_400, 100_600].map((ms) => {
    time = 5000 + ms;
    return clock();
  });
  expect(seen).toEqual([200, 400, 2400, 2600]);
});

const farewells: readonly [reason: string, busy: boolean, words: string][] = [
  ["maximum_requests", true, "Why, attempt a graceful shutdown"],
  ["maximum_requests", false, "Why, triggering immediate shutdown"],
  ["restart_interval", true, "Why, waiting for requests to complete"],
  ["restart_interval", false, "Why, stopping process"],
  ["cpu_time_limit", false, "Why, triggering immediate shutdown"],
  ["graceful_signal", true, "Why, waiting for requests to complete"],
  ["script_reload", true, "Why"],
];

for (const [reason, busy, words] of farewells) {
  test(`the log says of ${reason}, ${busy ? "busy" : "idle"}: ${words}`, () => {
    expect(farewellWords({ why: "Why", reason }, busy)).toBe(words);
  });
}

const graces: readonly [reason: string, graces: Graces, ms: number | null][] = [
  ["maximum_requests", { gracefulMs: 15, evictionMs: 0 }, 15],
  ["maximum_requests", { gracefulMs: 0, evictionMs: 7 }, null],
  ["restart_interval", { gracefulMs: 0, evictionMs: 7 }, 0],
  ["graceful_signal", { gracefulMs: 15, evictionMs: 0 }, 15],
  ["graceful_signal", { gracefulMs: 15, evictionMs: 7 }, 7],
];

for (const [reason, given, ms] of graces) {
  test(`the grace of ${reason} with ${JSON.stringify(given)} is ${ms}`, () => {
    expect(graceFor(reason, given)).toBe(ms);
  });
}

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
  ["ready and dead in a loop: each second at least", [10, 10, 10, 10, 10, 10, 10], [0, 100, 200, 400, 800, 1000, 1000]],
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
  const lost = ["Fatal Python error: init_fs_encoding", "ModuleNotFoundError: No module named 'encodings'", "", "end"];
  expect(hint({ code: 1, signal: null, lastWords: lost })).toContain("PYTHONHOME");
  expect(hint({ code: 1, signal: null, lastWords: [] })).toBe("");
});

test("a life is told with what it was busy with, the longest first", () => {
  const active = [request(5), { ...request(2500), what: "PUT /" }];
  expect(describeLife({ ...noSigns, at: 4000, served: 1, rssBytes: 50 * 1024 ** 2, active }, 1000, 4300)).toBe(
    "it lived for 3.3 s, and 0.3 s before its end it had served 1 request, used 50 MiB of memory and was running PUT / (2.5 s), GET / (0.0 s)",
  );
  expect(describeLife(noSigns, 0, 100)).toBe("it lived for 0.1 s");
});

test("stacks written by C code are told in the words of mod_wsgi, everything else stays", () => {
  const written = [
    "  File x",
    "Thread 0x00007fd4f27fc6c0 (most recent call first):",
    '  File "/a b.py", line 3 in inner',
    '  File "<frozen x>", line ??? in outer',
    "",
    "Current thread 0x00007fd5 [main] (most recent call first):",
    '  File "/c.py", line 9 in <module>',
    "",
    "other",
    "",
  ];
  const worded = createStackWords();
  expect(written.map(worded).filter((line) => line !== null)).toEqual([
    "  File x",
    'Thread 0x00007fd4f27fc6c0 executing file "/a b.py", line 3, in inner',
    'called from file "<frozen x>", line ???, in outer',
    'Thread 0x00007fd5 executing file "/c.py", line 9, in <module>',
    "other",
    "",
  ]);
});
