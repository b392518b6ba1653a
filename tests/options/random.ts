/** Numbers that look random and are the same in every run: what failed once fails again. */

/** A function that gives an integer from 0 to below its argument (xorshift32). */
export function random(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
