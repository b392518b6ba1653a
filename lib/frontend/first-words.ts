/**
 * A clear connection until it is known what it speaks: HTTP/2 begins with a preface that no HTTP/1 request can be
 * (RFC 9113 §3.4). Decided by the first three bytes of nearly all clients.
 */

import type { Connection } from "../http/connection.ts";
import type { Peer } from "../http/exchange.ts";
import { PREFACE } from "../http/h2/frames.ts";

export class FirstWords implements Connection {
  readonly peer: Peer;
  readonly #usual: Connection;
  readonly #speakHttp2: () => Connection;
  readonly #become: (next: Connection) => void;
  #begun: Buffer | null = null;

  /**
   * @param usual the connection as HTTP/1, which keeps the time until it is known
   * @param speakHttp2 makes the other one
   * @param become is told which it is, once
   */
  constructor(usual: Connection, speakHttp2: () => Connection, become: (next: Connection) => void) {
    this.peer = usual.peer;
    this.#usual = usual;
    this.#speakHttp2 = speakHttp2;
    this.#become = become;
  }

  get idleSinceMs(): number {
    return this.#usual.idleSinceMs;
  }

  receive(data: Buffer): void {
    const words = this.#begun === null ? data : Buffer.concat([this.#begun, data]);
    const seen = Math.min(words.length, PREFACE.length);
    const same = words.compare(PREFACE, 0, seen, 0, seen) === 0;
    if (same && seen < PREFACE.length) {
      this.#begun = words;
      return;
    }
    const next = same ? this.#speakHttp2() : this.#usual;
    this.#become(next);
    next.receive(words);
  }

  ended(): void {
    const next = this.#usual;
    this.#become(next);
    if (this.#begun !== null) next.receive(this.#begun);
    next.ended();
  }

  drain(): void {
    this.#usual.drain();
  }

  lost(): void {
    this.#usual.lost();
  }

  retire(): void {
    this.#usual.retire();
  }

  tick(nowMs: number): void {
    this.#usual.tick(nowMs);
  }
}
