/** Conditional requests (RFC 9110 §13): whether to answer at all, and whether a range may be a part of what is here. */

import { parseHttpDate } from "./dates.ts";
import type { RequestHead } from "./exchange.ts";

/** What is known of the selected representation. */
export interface Validators {
  /** Quotes included, and "W/" when weak. */
  readonly etag: string;
  /** Whole seconds, in milliseconds since the epoch: as precise as Last-Modified is. */
  readonly lastModifiedMs: number;
  /** It changed so lately that the same second may hold two versions (§8.8.2.2). */
  readonly weak: boolean;
}

/** The fields that make a request conditional; repeated lines are joined, an absent one is undefined. */
export interface Conditions {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
  ifModifiedSince: string | undefined;
  ifUnmodifiedSince: string | undefined;
  ifRange: string | undefined;
  range: string | undefined;
}

export type Verdict = "proceed" | "not modified" | "failed";

const NAMES: Readonly<Record<string, keyof Conditions>> = {
  "if-match": "ifMatch",
  "if-none-match": "ifNoneMatch",
  "if-modified-since": "ifModifiedSince",
  "if-unmodified-since": "ifUnmodifiedSince",
  "if-range": "ifRange",
  range: "range",
};

/** Collects the conditions of a request. Joining also invalidates dates and ranges that were sent twice. */
export function conditionsOf(head: RequestHead): Conditions {
  const found: Conditions = {
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifUnmodifiedSince: undefined,
    ifRange: undefined,
    range: undefined,
  };
  for (const [name, value] of head.fields) {
    const key = NAMES[name.toLowerCase()];
    if (key !== undefined) found[key] = found[key] === undefined ? value : `${found[key]}, ${value}`;
  }
  return found;
}

/**
 * Evaluates the preconditions in the order of §13.2.2. Call it only where the answer would otherwise be a 2xx.
 * @returns "not modified" for 304, "failed" for 412
 */
export function evaluate(method: string, conditions: Conditions, validators: Validators, nowMs: number): Verdict {
  const safe = method === "GET" || method === "HEAD";
  if (conditions.ifMatch !== undefined) {
    if (!matches(conditions.ifMatch, validators.etag, "strong")) return "failed";
  } else if (conditions.ifUnmodifiedSince !== undefined) {
    const since = parseHttpDate(conditions.ifUnmodifiedSince, nowMs);
    if (since !== undefined && validators.lastModifiedMs > since) return "failed";
  }
  if (conditions.ifNoneMatch !== undefined) {
    if (matches(conditions.ifNoneMatch, validators.etag, "weak")) return safe ? "not modified" : "failed";
  } else if (safe && conditions.ifModifiedSince !== undefined) {
    const since = parseHttpDate(conditions.ifModifiedSince, nowMs);
    // A date to come was not taken from a Last-Modified of ours: it is ignored, as Apache does.
    if (since !== undefined && since <= nowMs && validators.lastModifiedMs <= since) return "not modified";
  }
  return "proceed";
}

/** If-Range (§13.1.5): true when the range may be cut from this representation, also when there is no such field. */
export function rangeApplies(conditions: Conditions, validators: Validators, nowMs: number): boolean {
  if (conditions.ifRange === undefined) return true;
  if (/^(?:W\/)?"/.test(conditions.ifRange)) return isSameStrongly(conditions.ifRange, validators.etag);
  return !validators.weak && parseHttpDate(conditions.ifRange, nowMs) === validators.lastModifiedMs;
}

const ENTITY_TAG = /(?:W\/)?"[!#-~\x80-\xff]*"/g;

/** Whether a list of entity tags, or "*", names `etag` (§8.8.3.2). */
function matches(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  for (const [candidate] of list.matchAll(ENTITY_TAG)) {
    if (comparison === "strong" ? isSameStrongly(candidate, etag) : opaque(candidate) === opaque(etag)) return true;
  }
  return false;
}

function isSameStrongly(one: string, other: string): boolean {
  return one === other && !one.startsWith("W/");
}

function opaque(etag: string): string {
  return etag.startsWith("W/") ? etag.slice(2) : etag;
}
