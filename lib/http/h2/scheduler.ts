/** Which stream of a connection sends when: those that can, in turn, as far as the windows and the socket allow. */

import type { H2Exchange } from "./exchange.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { LARGEST_WINDOW_BYTES, USUAL_WINDOW_BYTES } from "./frames.ts";
import type { Share } from "./outflow.ts";

export interface SchedulerListener {
  /** The last frame of the response was put into the output. */
  responseSent(exchange: H2Exchange): void;
  /** It can't be completed. */
  responseBroken(exchange: H2Exchange): void;
}

/** After so much the other connections get their turn. */
const PUMP_BYTES = 1024 * 1024;

export class Scheduler implements Share {
  window = USUAL_WINDOW_BYTES;
  #writer: FrameWriter;
  #listener: SchedulerListener;
  #ready: H2Exchange[] = [];
  #pumping = false;
  #turnAsked = false;

  constructor(writer: FrameWriter, listener: SchedulerListener) {
    this.#writer = writer;
    this.#listener = listener;
  }

  /** Sends what fits of `bytes` now, unless others wait. */
  send(exchange: H2Exchange, bytes: Uint8Array, last: boolean): void {
    const sent = exchange.outflow.push(bytes, last, this.#writer, this);
    if (sent > 0) exchange.took(sent);
    this.#settle(exchange);
  }

  /** The exchange has something to send, or may send again. */
  add(exchange: H2Exchange): void {
    if (exchange.queued || !exchange.outflow.ready) return;
    exchange.queued = true;
    this.#ready.push(exchange);
    this.pump();
  }

  /** The client allows more for the connection. @returns false when that is more than a window can be. */
  grow(bytes: number): boolean {
    this.window += bytes;
    if (this.window > LARGEST_WINDOW_BYTES) return false;
    this.pump();
    return true;
  }

  /** Sends for whoever can. */
  pump(): void {
    if (this.#pumping || this.#turnAsked) return;
    this.#pumping = true;
    let left = PUMP_BYTES;
    /** So many in a row wait for the connection's window: who only has an end to send doesn't. */
    let stuck = 0;
    while (stuck < this.#ready.length && left > 0 && !this.#writer.full) {
      const exchange = this.#ready.shift() as H2Exchange;
      exchange.queued = false;
      const sent = this.#turn(exchange);
      left -= sent;
      stuck = sent > 0 || exchange.outflow.done ? 0 : stuck + 1;
    }
    this.#pumping = false;
    if (left <= 0) this.#askTurn();
  }

  #turn(exchange: H2Exchange): number {
    if (exchange.outflow.done) return 0;
    const sent = exchange.outflow.advance(this.#writer, this);
    if (sent < 0) {
      this.#listener.responseBroken(exchange);
      return 0;
    }
    if (sent > 0) exchange.took(sent);
    this.#settle(exchange);
    return sent;
  }

  #settle(exchange: H2Exchange): void {
    if (exchange.outflow.done) this.#listener.responseSent(exchange);
    else this.add(exchange);
  }

  #askTurn(): void {
    this.#turnAsked = true;
    setImmediate(() => {
      this.#turnAsked = false;
      this.pump();
    });
  }
}
