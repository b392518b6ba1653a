/**
 * Times and request ids as text, for every request anew: put together from tables, because engines take a microsecond
 * to print a number of this size. Pure.
 */

const THOUSANDS = Array.from({ length: 1000 }, (_, i) => `${i}`.padStart(3, "0"));

let lastSecond = 0;
let lastSecondText = "";

/** A time in whole µs since the epoch, in decimal. */
export function microseconds(us: number): string {
  const second = Math.floor(us / 1_000_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = `${second}`;
  }
  const rest = us - second * 1_000_000;
  const milliseconds = Math.floor(rest / 1000);
  return lastSecondText + (THOUSANDS[milliseconds] as string) + (THOUSANDS[rest - milliseconds * 1000] as string);
}

/** All pairs of base-36 digits. */
const PAIRS = Array.from({ length: 36 * 36 }, (_, i) => i.toString(36).padStart(2, "0"));

/** Ids under one prefix. */
const SERIES = PAIRS.length * PAIRS.length;

/**
 * Makes request ids: eleven characters, like Apache's, unique among the front ends of a machine for a good while.
 * The start time (ms) and the pid tell this process from others.
 */
export function requestIds(startMs: number, pid: number): () => string {
  let series = (startMs * 64 + (pid % 64)) % 36 ** 7;
  let prefix = "";
  let count = SERIES;
  return () => {
    if (count === SERIES) {
      count = 0;
      prefix = series.toString(36).padStart(7, "0");
      series = (series + 1) % 36 ** 7;
    }
    const high = Math.floor(count / PAIRS.length);
    const id = prefix + (PAIRS[high] as string) + (PAIRS[count - high * PAIRS.length] as string);
    count++;
    return id;
  };
}
