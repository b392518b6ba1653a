/** So many at a time: the others wait for their turn, first come, first served. Pure. */

export interface Turns {
  /** Runs `action` when it is its turn; the turn ends when what it returned has resolved. */
  take(action: () => Promise<void>): Promise<void>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async take(action) {
      if (running < atOnce) running += 1;
      // Whoever ends hands its turn on, so that nobody who comes meanwhile gets in between.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        await action();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
