/**
 * How long a client may take to send, in the manner of Apache's mod_reqtimeout: a first limit that grows by a second
 * for so many bytes received, up to a ceiling. Pure; all times are milliseconds of one clock.
 */

/** 0 switches a limit off. */
export interface RateLimit {
  readonly firstMs: number;
  readonly ceilingMs: number;
  readonly minRateBytes: number;
}

/** When a client that began at `startedMs` and has sent `bytes` since must be done. Infinity for never. */
export function deadline(limit: RateLimit, startedMs: number, bytes: number): number {
  if (limit.firstMs === 0) return Infinity;
  const earnedMs = limit.minRateBytes === 0 ? 0 : (bytes / limit.minRateBytes) * 1000;
  const allowedMs = limit.firstMs + earnedMs;
  return startedMs + (limit.ceilingMs === 0 ? allowedMs : Math.min(allowedMs, limit.ceilingMs));
}
