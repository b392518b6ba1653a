/** One request on its way through a worker: what the client does is told to the worker, and the other way round. */

import { BodyFlag, FileFlag, ResponseFlag, ToWorker } from "../../channel/frames.ts";
import type { Exchange, ExchangeOwner } from "../../http/exchange.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { Mapping } from "./environ.ts";
import { openWorkerFile } from "./worker-file.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Answers the exchange of a call, of whose response nothing is wanted but its head. */
export type Substitute = (call: WsgiCall, head: ResponseHead) => void;

/** What a call asks of the pool it came through. */
export interface CallKeeper {
  /** The body that was waited for is there, or so much of it that the rest is pulled. */
  collected(call: WsgiCall): void;
  /** Answer with an error page and say why in the log. The exchange is open and not started. */
  fail(call: WsgiCall, status: number, why: string): void;
  /** Who answers instead of the application, once it has answered so; null when its answer stands. */
  substitute(head: ResponseHead): Substitute | null;
  /** A response that had begun was cut: say why in the log. */
  cut(call: WsgiCall, why: string): void;
  /** Half of it sent is when credit is given back: a worker never waits while there is room. */
  readonly grantBytes: number;
}

export class WsgiCall implements ExchangeOwner {
  readonly exchange: Exchange;
  readonly mapping: Mapping;
  readonly keeper: CallKeeper;
  /** The pairs of its own; made when it is queued. */
  environ = "";
  /** The worker it was given to; null while it waits. */
  link: WorkerLink | null = null;
  id = 0;
  /** It came back once: it is not sent ahead again. */
  returned = false;
  /** Coarse ms since when it waits for a worker. */
  waitingSinceMs = 0;
  /** Since when it waits, in the ms of performance.now(); 0 when it never did. */
  queuedAtMs = 0;
  /** Coarse ms since when the worker has it. */
  givenAtMs = 0;
  /** The body is waited for before the call is queued. */
  collecting = false;
  /** A body that was complete before it was sent. */
  wholeBody: Uint8Array | null = null;
  #ungranted = 0;
  #restarts = 0;
  /** Head of a FILE response whose file could not be taken: chunks follow. */
  #untakenHead: ResponseHead | null = null;

  constructor(exchange: Exchange, mapping: Mapping, keeper: CallKeeper) {
    this.exchange = exchange;
    this.mapping = mapping;
    this.keeper = keeper;
    exchange.owner = this;
  }

  /** Still to be answered, and by this call: what it could not answer may be answered by another one. */
  get live(): boolean {
    return this.exchange.open && this.exchange.owner === this;
  }

  // From the client.

  bodyComplete(): void {
    if (!this.collecting) return;
    this.collecting = false;
    this.keeper.collected(this);
  }

  bodyArrived(_exchange: Exchange, bytes: Buffer, last: boolean): void {
    this.exchange.touch();
    this.link?.tell(ToWorker.BODY, last ? BodyFlag.LAST : 0, this.id, bytes);
  }

  bodyFailed(_exchange: Exchange, why: string): void {
    if (this.link !== null) this.link.tell(ToWorker.BODY, BodyFlag.LAST | BodyFlag.FAILED, this.id, Buffer.from(why));
    else if (this.live) this.keeper.fail(this, 400, why);
  }

  sent(_exchange: Exchange, bytes: number): void {
    this.#ungranted += bytes;
    if (this.#ungranted < this.keeper.grantBytes || this.link === null) return;
    this.link.grant(this.id, this.#ungranted);
    this.#ungranted = 0;
  }

  gone(): void {
    this.link?.tell(ToWorker.CANCEL, 0, this.id, null);
  }

  stalled(): void {
    // Waiting for a worker has limits of its own.
    if (this.link === null) return;
    const why = "the worker sent nothing for longer than --socket-timeout";
    const { started } = this.exchange;
    this.link.tell(ToWorker.CANCEL, 0, this.id, null);
    this.#fail(started, 504, why);
  }

  // From the worker.

  /** It came back because the application is about to be replaced, and says so to the next one. */
  restarted(): void {
    const restarts = ++this.#restarts;
    this.environ += `\0mod_wsgi.daemon_connects\0${restarts + 1}\0mod_wsgi.daemon_restarts\0${restarts}`;
  }

  /** @returns true when nothing more will come of this call. */
  response(head: ResponseHead, flags: number, bytes: Buffer): boolean {
    const complete = (flags & ResponseFlag.COMPLETE) !== 0;
    const { exchange } = this;
    if (!this.live) return complete;
    const substitute = this.keeper.substitute(head);
    if (substitute !== null) return this.#replaced(substitute, head, flags);
    if ((flags & ResponseFlag.FILE) !== 0) return this.#file(head, bytes);
    if (complete) exchange.send(head, bytes);
    else exchange.start(head, bytes.length > 0 ? bytes : null);
    return complete;
  }

  chunk(flags: number, bytes: Buffer): boolean {
    const complete = (flags & ResponseFlag.COMPLETE) !== 0;
    if (!this.live) return complete;
    if (this.#untakenHead !== null) this.#startUntaken(this.#untakenHead);
    if (bytes.length > 0) this.exchange.write(bytes);
    if (complete) this.end();
    return complete;
  }

  end(): void {
    if (!this.live) return;
    if (this.#untakenHead !== null) this.#startUntaken(this.#untakenHead);
    if (!this.exchange.started) this.keeper.fail(this, 502, "the worker ended a response that had not begun");
    else this.exchange.end();
  }

  /** The application failed; it has said why in the log. */
  abort(why: string): void {
    this.#fail(this.exchange.started, 500, why);
  }

  pull(bytes: number): void {
    this.exchange.touch();
    if (!this.live) return;
    if (this.exchange.body === null) this.link?.tell(ToWorker.BODY, BodyFlag.LAST, this.id, null);
    else this.exchange.body.pull(bytes);
  }

  /** The worker has died. */
  lost(why: string, status: number): void {
    this.link = null;
    this.#fail(this.exchange.started, status, why);
  }

  #fail(started: boolean, status: number, why: string): void {
    if (!this.live) return;
    if (started) {
      this.keeper.cut(this, why);
      this.exchange.fail();
    } else {
      this.keeper.fail(this, status, why);
    }
  }

  /** Nothing of the response is wanted but its head. */
  #replaced(substitute: Substitute, head: ResponseHead, flags: number): boolean {
    const isFile = (flags & ResponseFlag.FILE) !== 0;
    const complete = isFile || (flags & ResponseFlag.COMPLETE) !== 0;
    if (isFile) this.link?.tell(ToWorker.FILE_TAKEN, FileFlag.OK, this.id, null);
    else if (!complete) this.link?.tell(ToWorker.CANCEL, 0, this.id, null);
    this.exchange.owner = null;
    substitute(this, head);
    return complete;
  }

  #file(head: ResponseHead, bytes: Buffer): boolean {
    const slice = openWorkerFile(bytes, this.link?.pid ?? 0);
    this.link?.tell(ToWorker.FILE_TAKEN, slice === null ? 0 : FileFlag.OK, this.id, null);
    if (slice === null) {
      this.#untakenHead = head;
      return false;
    }
    this.exchange.sendParts(head, [slice]);
    return true;
  }

  #startUntaken(head: ResponseHead): void {
    this.#untakenHead = null;
    this.exchange.start(head, null);
  }
}
