/**
 * The stages before routing, put together once when the server starts: a site that uses none of them has none, and a
 * request costs no closure.
 */

import type { Exchange } from "../http/exchange.ts";

export type Handle = (exchange: Exchange) => void;

/** Gives the exchange to `next`, at once or later, or answers it. What it gives may be a wrapper of what it got. */
export type Stage = (exchange: Exchange, next: Handle) => void;

/** What begins with the first stage and ends with `last`. */
export function chain(stages: readonly Stage[], last: Handle): Handle {
  return stages.reduceRight<Handle>((next, stage) => (exchange) => stage(exchange, next), last);
}

/** Several stages as one; null for none. */
export function joined(stages: readonly Stage[]): Stage | null {
  return stages.length === 0 ? null : (exchange, next) => chain(stages, next)(exchange);
}
