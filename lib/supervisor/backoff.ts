/** How long to wait before a child that ended is started again. Pure. */

// From 0.1 s, which nobody notices after a single crash, to 30 s, so that a broken start costs next to nothing.
const FIRST_MS = 100;
const LONGEST_MS = 30_000;

// Ready for less than this, a child has proven nothing yet.
const SETTLED_MS = 1000;

export interface Restart {
  /** Deaths in a row that came too early; the argument of the next call. */
  readonly early: number;
  readonly delayMs: number;
}

/**
 * What follows a death. `readyMs` is how long the child had been ready, null when it never was. One that never was
 * ready waits, twice as long each time; one that was is replaced at once, but for a loop of those that die right after.
 */
export function restartAfter(early: number, readyMs: number | null): Restart {
  if (readyMs !== null && readyMs >= SETTLED_MS) return { early: 0, delayMs: 0 };
  if (readyMs !== null && early === 0) return { early: 1, delayMs: 0 };
  const doublings = readyMs === null ? early : early - 1;
  return { early: early + 1, delayMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** doublings) };
}

// The original looks after its processes once a second, and scripts that do something and end count on that.
const SERVICE_MS = 1000;

/** What follows the end of a service, which is not meant to end: the longer the more often in a row it has failed. */
export function serviceRestartAfter(failures: number, failed: boolean, ranMs: number): Restart {
  if (!failed) return { early: 0, delayMs: SERVICE_MS };
  const before = ranMs >= LONGEST_MS ? 0 : failures;
  return { early: before + 1, delayMs: Math.min(LONGEST_MS, SERVICE_MS * 2 ** before) };
}
