/**
 * How many connections a front end holds, and whom it lets go to make room. Pure.
 *
 * Without a limit of its own it would run out of descriptors, and a listener that can't accept keeps the event loop spinning.
 */

import type { FrontEnds } from "../settings/settings.ts";

export interface CrowdLimit {
  /** Connections at once; the next ones wait in the system. */
  readonly most: number;
  /** Those that wait between two requests are closed, the longest waiting first, to let others in. */
  readonly idleGiveWay: boolean;
}

/** Listeners, logs, the event loop, libraries that are being loaded. */
const OWN_DESCRIPTORS = 64;

/** A link, and a second one while a worker is replaced, and files of responses that are being opened. */
const DESCRIPTORS_A_WORKER = 4;

/** The ends of its three pipes, and the copies that are read and written. */
const DESCRIPTORS_A_SCRIPT = 6;

/** More kept files would need more looks than they save. */
const KEPT_FILES = 100;

/** More of them would need more memory than any machine's front end has. */
const MOST_EVER = 1_000_000;

/** How many files may stay open so that the kernel can send them: no great part of all descriptors. */
export function keptFiles(descriptors: number): number {
  return Math.min(KEPT_FILES, Math.floor(descriptors / 16));
}

/**
 * @param descriptors how many the process may have
 * @param scripts how many run at once
 * @param kept files that stay open
 */
export function crowdLimit(
  frontEnds: FrontEnds,
  processes: number,
  descriptors: number,
  scripts: number,
  kept: number,
): CrowdLimit {
  // So many scripts that they would leave no room for clients are more than will ever run.
  const forScripts = Math.min(DESCRIPTORS_A_SCRIPT * scripts, Math.floor(descriptors / 2));
  const left = descriptors - OWN_DESCRIPTORS - DESCRIPTORS_A_WORKER * processes - forScripts - kept;
  // Half of them, because each client may be taking a file.
  const affordable = Math.max(1, Math.min(MOST_EVER, Math.floor(left / 2)));
  if (frontEnds.connections === 0) return { most: affordable, idleGiveWay: true };
  return { most: Math.min(affordable, shareOf(frontEnds.connections, frontEnds.count)), idleGiveWay: false };
}

/** What each of several front ends may have of something, so that all together have no less. */
export function shareOf(whole: number, frontEnds: number): number {
  return Math.ceil(whole / frontEnds);
}

/** So many are let go at once: to look for them costs a look at all. */
export function dismissedAtOnce(most: number): number {
  return Math.ceil(most / 64);
}

/** The `count` of `idle` that have been so for longest. */
export function longestIdle<Client extends { readonly idleSinceMs: number }>(
  clients: Iterable<Client>,
  count: number,
): readonly Client[] {
  const idle = [...clients].filter(({ idleSinceMs }) => idleSinceMs < Infinity);
  return idle.toSorted((a, b) => a.idleSinceMs - b.idleSinceMs).slice(0, count);
}
