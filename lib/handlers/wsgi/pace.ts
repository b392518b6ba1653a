/**
 * How fast a worker gets through its requests, and so how many may be sent ahead while its threads are busy: sending
 * ahead spares a round trip per request when they are short, and only makes them wait when they are long.
 */

/** Requests sent ahead may wait so long in all. */
const BUDGET_US = 1000;
const MAX_AHEAD = 32;

/** After one came back, the worker is stuck or slow: nothing is sent ahead for so long. */
const PENALTY_US = 200_000;

export interface Pace {
  /** The worker gets its first request after having none. */
  begin(): void;
  /** So many requests are done since the last look. */
  finished(count: number): void;
  /** A request sent ahead came back. */
  returned(): void;
  /** How many requests may be sent ahead now. */
  ahead(): number;
}

export function createPace(clockUs: () => number = () => performance.now() * 1000): Pace {
  let lastUs = 0;
  let perRequestUs = 0;
  let penaltyUntilUs = 0;
  return {
    begin(): void {
      lastUs = clockUs();
    },
    finished(count: number): void {
      const nowUs = clockUs();
      const sampleUs = (nowUs - lastUs) / count;
      lastUs = nowUs;
      // A quarter of the newest: follows a change within some batches, and one outlier does not stop it.
      perRequestUs = perRequestUs === 0 ? sampleUs : perRequestUs + (sampleUs - perRequestUs) / 4;
    },
    returned(): void {
      penaltyUntilUs = clockUs() + PENALTY_US;
      perRequestUs = 0;
    },
    ahead(): number {
      if (perRequestUs === 0 || (penaltyUntilUs > 0 && clockUs() < penaltyUntilUs)) return 0;
      penaltyUntilUs = 0;
      return Math.min(MAX_AHEAD, Math.floor(BUDGET_US / perRequestUs));
    },
  };
}
