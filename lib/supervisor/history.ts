/** What workers did that are gone: their number by reason, what they used, and the last of them in full. */

import type { WorkerEnd } from "../metrics/report.ts";
import type { Signs } from "./worker-signs.ts";

/** For the status page. */
const REMEMBERED = 20;

/** Those who don't say why they end, by how it is said in the log. */
const DIED = "died";
const OTHER = "other";

export interface History {
  readonly ends: Readonly<Record<string, number>>;
  /** The newest first. */
  readonly recent: readonly WorkerEnd[];
  readonly requests: number;
  readonly cpuMs: number;
  note(end: Omit<WorkerEnd, "at" | "served">, signs: Signs): void;
}

export function createHistory(): History {
  const ends: Record<string, number> = {};
  let recent: readonly WorkerEnd[] = [];
  let requests = 0;
  let cpuMs = 0;
  return {
    get ends() {
      return ends;
    },
    get recent() {
      return recent;
    },
    get requests() {
      return requests;
    },
    get cpuMs() {
      return cpuMs;
    },
    note(end, { cpuMs: used, served }) {
      ends[end.reason] = (ends[end.reason] ?? 0) + 1;
      recent = [{ ...end, at: Date.now(), served }, ...recent].slice(0, REMEMBERED);
      requests += served;
      cpuMs += used;
    },
  };
}

/** Why a worker has ended, in one word: that of its events, where there is one. */
export function reasonOf(expected: boolean, unfit: boolean, shutdownReason: string): string {
  if (unfit) return "load_failed";
  if (shutdownReason !== "") return shutdownReason;
  return expected ? OTHER : DIED;
}
