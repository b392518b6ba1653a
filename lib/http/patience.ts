/**
 * How long a connection has been waited for, and whether that is too long. Pure: no clock of its own, all times are
 * milliseconds of the connection's coarse clock.
 */

import { deadline, type RateLimit } from "./deadlines.ts";

export interface TimeLimits {
  readonly head: RateLimit;
  readonly body: RateLimit;
  readonly keepAliveMs: number;
  /** Longest a client may take no byte of its response; 0 is no limit. */
  readonly writeMs: number;
  /** Longest an exchange's owner may say nothing; 0 is no limit. */
  readonly answerMs: number;
}

/** What is being waited for. */
export type Waiting =
  /** Between two requests. */
  | "next request"
  /** A new connection that has sent nothing. */
  | "first request"
  | "rest of the head"
  | "body"
  /** The application. */
  | "answer"
  /** The client, to take what was sent. */
  | "room"
  /** The client's FIN, after ours. */
  | "close"
  | "nothing";

/** After the last response: how long the client may take to close (RFC 9112 §9.6), so that it can read to the end. */
const LINGER_MS = 2000;

/** So long a new client may take for its first byte before its connection counts as one that nobody uses. */
const GREETING_MS = 1000;

export class Patience {
  #readSinceMs: number;
  #readBytes = 0;
  /** Since when the client is kept from sending; -1 when it may. */
  #suspendedMs = -1;
  #writeSinceMs = -1;

  constructor(nowMs: number) {
    this.#readSinceMs = nowMs;
  }

  /** Since when nobody uses an idle connection; Infinity while the first request of a new client may be on its way. */
  idleSinceMs(nowMs: number, served: boolean): number {
    return served || nowMs - this.#readSinceMs >= GREETING_MS ? this.#readSinceMs : Infinity;
  }

  /** Bytes came from the client. */
  received(bytes: number): void {
    this.#readBytes += bytes;
  }

  /** A new wait for the client begins, to which `bytes` that came already belong. */
  restart(nowMs: number, bytes = 0): void {
    this.#readSinceMs = nowMs;
    this.#readBytes = bytes;
    this.#suspendedMs = -1;
  }

  /** The client is kept from sending: this is not its time. */
  suspend(nowMs: number): void {
    if (this.#suspendedMs < 0) this.#suspendedMs = nowMs;
  }

  /** It may go on, if it was suspended. */
  resume(nowMs: number): void {
    if (this.#suspendedMs < 0) return;
    this.#readSinceMs += nowMs - this.#suspendedMs;
    this.#suspendedMs = -1;
  }

  /** The client took some bytes. */
  wrote(): void {
    this.#writeSinceMs = -1;
  }

  /** @param heardMs when the owner of the exchange last gave a sign of life. */
  isOver(waiting: Waiting, limits: TimeLimits, nowMs: number, heardMs: number): boolean {
    switch (waiting) {
      case "next request":
        return nowMs - this.#readSinceMs > limits.keepAliveMs;
      case "first request":
      case "rest of the head":
        return nowMs > deadline(limits.head, this.#readSinceMs, this.#readBytes);
      case "body":
        return nowMs > deadline(limits.body, this.#readSinceMs, this.#readBytes);
      case "answer":
        return limits.answerMs > 0 && nowMs - heardMs > limits.answerMs;
      case "room":
        if (this.#writeSinceMs < 0) this.#writeSinceMs = nowMs;
        return limits.writeMs > 0 && nowMs - this.#writeSinceMs > limits.writeMs;
      case "close":
        return nowMs - this.#readSinceMs > LINGER_MS;
      case "nothing":
        return false;
    }
  }
}
