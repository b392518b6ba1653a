/** Certificates that clients refuse, or will soon. Pure. */

import type { TlsMaterial } from "./material.ts";
import { nameTable } from "./names.ts";

export interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const DAY_MS = 86_400_000;

/** Two weeks are enough to get another, and what renews by itself should have done so by then. */
const SOON_MS = 14 * DAY_MS;

/** What is wrong with it, to follow its name; null when nothing is. */
export function validityProblem({ notAfterMs, notBeforeMs }: Validity, nowMs: number): string | null {
  if (nowMs < notBeforeMs) return `is not valid before ${day(notBeforeMs)}: until then clients refuse it`;
  const leftMs = notAfterMs - nowMs;
  if (leftMs <= 0) return `has expired on ${day(notAfterMs)}: clients refuse it`;
  // Some live for days only, and are renewed when a third of that is left.
  if (leftMs > SOON_MS || leftMs > (notAfterMs - notBeforeMs) / 4) return null;
  const days = Math.floor(leftMs / DAY_MS);
  return `expires ${days === 0 ? "within a day" : days === 1 ? "in a day" : `in ${days} days`}, on ${day(notAfterMs)}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Whether one of the certificates names the host. */
export function namesServed({ identities }: TlsMaterial, host: string): boolean {
  return nameTable(identities.map(({ names }) => [names, true] as const)).find(host) === true;
}
