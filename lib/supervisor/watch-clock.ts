/** The clock by which workers are judged: it stands still while this process does. */

// Who looks less often than this was stopped, or had no processor: what workers said meanwhile is not read yet, and
// their silence is none. Workers that are well are looked at once a second, see watch.ts.
const LONGEST_STEP_MS = 2000;

/** Milliseconds since it was made; to be asked each second. */
export type WatchClock = () => number;

export function createWatchClock(monotonicMs: () => number = () => performance.now()): WatchClock {
  let last = monotonicMs();
  let now = 0;
  return () => {
    const time = monotonicMs();
    now += Math.min(time - last, LONGEST_STEP_MS);
    last = time;
    return now;
  };
}
