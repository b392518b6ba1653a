/** What a connection needs from the front end it belongs to: limits, a clock, and whom to tell. */

import type { Refusable } from "./connection.ts";
import type { Exchange, Peer } from "./exchange.ts";
import type { TimeLimits } from "./patience.ts";
import type { Refusal } from "./syntax.ts";

/** What all connections of a front end share. */
export interface ConnectionContext {
  /** Coarse milliseconds: good enough for deadlines of seconds, and free. */
  readonly clock: { nowMs: number };
  /** µs since the epoch. */
  nowUs(): number;
  /** The same where somebody wants to know when responses begin; else 0. */
  firstByteUs(): number;
  readonly limits: TimeLimits;
  /** 0 is no limit. */
  readonly maxBodyBytes: number;
  /** --enable-sendfile. */
  readonly sendfile: boolean;
  /** Bodies whose length is not known are wanted as they come (--chunked-request). */
  readonly unsizedBodies: boolean;
  /** True once nothing new is to be taken: every response closes its connection. */
  readonly state: { draining: boolean };
  handle(exchange: Exchange): void;
  /** A response is complete, or was cut: the moment for the access log. */
  answered(exchange: Exchange, bodyBytes: number, whole: boolean): void;
  /** What came was no request; "" when nothing came at all. The error page is given to `by`. */
  refused(by: Refusable, refusal: Refusal, text: string): void;
  /** The client broke the protocol where that can't be answered. */
  faulted(peer: Peer, why: string): void;
  /** The client has connected and then sent nothing for too long: it is let go. */
  silent(peer: Peer): void;
  /** The client has taken nothing of its response for too long, and is dropped. */
  unread(peer: Peer): void;
  /** A connection is over. */
  closed(): void;
}
