/** How often something took how long: a count for each range of durations. Pure. */

/** Upper bounds in ms; what is longer than the last is counted behind it. From a cached page to the usual limits on time. */
export const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;

/** Counts of a histogram: one for each bound, and one more. */
export const RANGES = BOUNDS_MS.length + 1;

const bounds = Float64Array.from(BOUNDS_MS);

export interface Histogram {
  /** How many fell into each range. */
  readonly counts: readonly number[];
  /** Of all durations. */
  readonly totalMs: number;
}

export const EMPTY: Histogram = { counts: Array.from({ length: RANGES }, () => 0), totalMs: 0 };

/** The range of a duration. Most are short: looking from the beginning ends soon. */
export function rangeOf(ms: number): number {
  let range = 0;
  while (range < bounds.length && ms > (bounds[range] as number)) range++;
  return range;
}

export function together(one: Histogram, other: Histogram): Histogram {
  return {
    counts: one.counts.map((count, range) => count + (other.counts[range] ?? 0)),
    totalMs: one.totalMs + other.totalMs,
  };
}

/** What was counted in `later` and not yet in `earlier`. */
export function between(earlier: Histogram, later: Histogram): Histogram {
  return {
    counts: later.counts.map((count, range) => count - (earlier.counts[range] ?? 0)),
    totalMs: later.totalMs - earlier.totalMs,
  };
}

export function countOf({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * About how long `share` (0 to 1) of them took at most, in ms; null when there are none. Within a range they are taken to be
 * spread evenly; what is longer than the last bound is said to be as long.
 */
export function quantile(histogram: Histogram, share: number): number | null {
  const all = countOf(histogram);
  if (all === 0) return null;
  let left = share * all;
  for (const [range, bound] of BOUNDS_MS.entries()) {
    const count = histogram.counts[range] ?? 0;
    const from = range === 0 ? 0 : (BOUNDS_MS[range - 1] as number);
    if (left <= count && count > 0) return from + ((bound - from) * left) / count;
    left -= count;
  }
  return BOUNDS_MS.at(-1) ?? null;
}
