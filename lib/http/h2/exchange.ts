/** One HTTP/2 request in hand and its answer: the rules of when a response is whole (RFC 9113 §8.1). */

import {
  newCommon,
  type ErrorAnswer,
  type Exchange,
  type ExchangeOwner,
  type Field,
  type FileSlice,
  type KeptBody,
  type HeadFilter,
  type RequestHead,
  type Traffic,
} from "../exchange.ts";
import type { TimeLimits } from "../patience.ts";
import { Patience, type Waiting } from "../patience.ts";
import { closeParts } from "../parts.ts";
import { isBodyless, lengthForHead, type ResponseHead } from "../response-head.ts";
import { H2RequestBody, type BodyListener } from "./body.ts";
import { Outflow } from "./outflow.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { H2Request } from "./request.ts";
import { CONTINUE_BLOCK, interimBlock, responseBlock, trailerBlock } from "./response-block.ts";

/**
 * What a stream may send before it is read: most bodies that are waited for before their requests are handed on fit.
 * Streams that somebody reads may send more, so that distance doesn't make them slow.
 */
export const FIRST_WINDOW_BYTES = 96 * 1024;
const READ_WINDOW_BYTES = 256 * 1024;

/** What an exchange needs of the connection it came by. */
export interface ExchangeLine {
  /** Coarse milliseconds. */
  readonly nowMs: number;
  readonly draining: boolean;
  /** µs since the epoch, where somebody wants to know when responses begin; else 0. */
  firstByteUs(): number;
  /** Sends a head, with which the response may end. */
  sendHead(exchange: H2Exchange, block: readonly Uint8Array[], last: boolean): void;
  /** Sends an interim response (1xx). */
  sendInterim(exchange: H2Exchange, block: readonly Uint8Array[]): void;
  /** Sends what fits of a body, which may end with it, and keeps the rest. */
  sendBody(exchange: H2Exchange, bytes: Uint8Array, last: boolean): void;
  /** Something waits to be sent. */
  outflowReady(exchange: H2Exchange): void;
  /** So many bytes of the body were used up; `more` is what the stream may send now beyond what it could. */
  bodyUsed(exchange: H2Exchange, bytes: number, more: number): void;
  /** The response can't be completed: reset. */
  broken(exchange: H2Exchange): void;
}

export class H2Exchange implements Exchange, Traffic, BodyListener {
  readonly id: number;
  head: RequestHead;
  body: H2RequestBody | null;
  /** Nobody has it yet, because it is not known how long its body is. */
  held = false;
  readonly outflow: Outflow;
  /** null without a body. */
  readonly inflow: ReceiveWindow | null;
  owner: ExchangeOwner | null = null;
  headFilter: HeadFilter | null = null;
  errorAnswer: ErrorAnswer | null = null;
  started = false;
  open = true;
  closing = false;
  response: ResponseHead | null = null;
  readonly earlier: number;
  announcedBytes = -1;
  firstByteUs = 0;
  /** The fields behind the body, as lines. */
  trailers = "";
  /** Of the request's header block, and of the response's. */
  readonly #headBytes: number;
  #responseHeadBytes = 0;
  /** Waits for its turn to send. */
  queued = false;
  #line: ExchangeLine;
  #patience: Patience;
  #heardMs: number;
  /** Nothing that is written is sent: HEAD, 204, 304. */
  #bodyless = false;
  /** Bytes of Content-Length to come; -1 when there is none. */
  #owed = -1;

  /** @param bodyLength null when there is no body; -1 when its length is not known */
  constructor(id: number, request: H2Request, bodyLength: number | null, window: number, line: ExchangeLine) {
    const { head, expectsContinue } = request;
    this.id = id;
    this.head = head;
    this.#headBytes = request.blockBytes;
    // Clients number their streams in steps of two, mostly without a gap.
    this.earlier = (id - 1) / 2;
    this.body = bodyLength === null ? null : new H2RequestBody(bodyLength, expectsContinue, this);
    this.inflow = bodyLength === null ? null : new ReceiveWindow(FIRST_WINDOW_BYTES);
    this.outflow = new Outflow(id, window);
    this.#line = line;
    this.#heardMs = line.nowMs;
    this.#patience = new Patience(line.nowMs);
  }

  get traffic(): Traffic {
    return this;
  }

  /** Header block and body, without what each frame adds. */
  get receivedBytes(): number {
    return this.#headBytes + (this.body?.received ?? 0);
  }

  get sentBytes(): number {
    return this.#responseHeadBytes + this.outflow.bodyBytes;
  }

  /**
   * The body has arrived, and so its length is known: the request is the same as one that had said it. Applications read as
   * much as CONTENT_LENGTH says, and few would read without.
   */
  measured(): void {
    const { body, head } = this;
    if (body === null) return;
    if (body.received === 0) this.body = null;
    else this.head = { ...head, ...withLength(head, body.received) };
  }

  touch(): void {
    this.#heardMs = this.#line.nowMs;
  }

  // A stage that takes its time may answer a stream that is no more: nothing must be sent on it.

  send(response: ResponseHead, body: Uint8Array | string): void {
    if (!this.open) return;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const length = this.head.method === "HEAD" ? lengthForHead(response, bytes) : bytes.length;
    const empty = bytes.length === 0;
    this.open = false;
    this.#begin(response, length, empty);
    if (this.#bodyless || empty) return;
    this.#line.sendBody(this, bytes, true);
  }

  sendKept(response: ResponseHead, { bytes }: KeptBody): void {
    this.send(response, bytes);
  }

  sendParts(response: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    if (!this.open) {
      closeParts(parts);
      return;
    }
    this.open = false;
    this.#begin(response, response.contentLength, false);
    if (this.#bodyless) {
      closeParts(parts);
      return;
    }
    this.outflow.pushParts(parts);
    this.#line.outflowReady(this);
  }

  inform(response: ResponseHead): void {
    if (this.open && !this.started) this.#line.sendInterim(this, interimBlock(response));
  }

  start(response: ResponseHead, bytes: Uint8Array | null): void {
    if (!this.open) return;
    this.#begin(response, response.contentLength, false, true);
    if (bytes !== null) this.write(bytes);
  }

  write(bytes: Uint8Array): void {
    if (!this.open) return;
    this.touch();
    if (this.#bodyless) {
      // Taken, so that the worker's credit returns.
      this.owner?.sent(this, bytes.length);
      return;
    }
    const fits = this.#owed < 0 || bytes.length <= this.#owed ? bytes : bytes.subarray(0, this.#owed);
    if (this.#owed >= 0) this.#owed -= fits.length;
    if (fits.length > 0) this.#line.sendBody(this, fits, false);
  }

  end(trailers: readonly Field[] = NO_FIELDS): void {
    if (!this.open) return;
    if (this.#owed > 0 && !this.#bodyless) {
      this.fail();
      return;
    }
    this.open = false;
    this.outflow.end(trailers.length === 0 ? null : trailerBlock(trailers));
    this.#line.outflowReady(this);
  }

  fail(): void {
    if (!this.open) return;
    this.open = false;
    this.#line.broken(this);
  }

  /** The client is waited for no longer, or nobody answers it in time. */
  overdue(limits: TimeLimits, nowMs: number): Waiting | null {
    const waiting = this.#waiting();
    if (waiting === "body") this.#patience.resume(nowMs);
    else if (this.body?.complete === false) this.#patience.suspend(nowMs);
    return this.#patience.isOver(waiting, limits, nowMs, this.#heardMs) ? waiting : null;
  }

  /** The client took some bytes of the response. */
  took(bytes: number): void {
    this.#patience.wrote();
    this.touch();
    if (this.open) this.owner?.sent(this, bytes);
  }

  /** Bytes of the body came from the client. */
  heard(bytes: number): void {
    this.#patience.received(bytes);
  }

  // BodyListener

  get cramped(): boolean {
    return this.inflow?.low === true;
  }

  bodyWanted(first: boolean): void {
    const { body, inflow } = this;
    if (!first || body === null || inflow === null) return;
    if (body.awaitsContinue && body.received === 0 && !this.started) {
      // Until now the client was the one who waited.
      this.#patience.restart(this.#line.nowMs);
      this.#line.sendInterim(this, CONTINUE_BLOCK);
    }
    if (!body.complete) this.#line.bodyUsed(this, 0, inflow.grow(READ_WINDOW_BYTES));
  }

  bodyArrived(bytes: Buffer, last: boolean): void {
    this.owner?.bodyArrived(this, bytes, last);
  }

  bodyUsed(bytes: number): void {
    this.#line.bodyUsed(this, bytes, this.inflow?.consumed(bytes) ?? 0);
  }

  #waiting(): Waiting {
    if (this.outflow.waiting) return "room";
    // An answer may be on its way while a body still comes; the client is the one who is slower to blame.
    const { body } = this;
    if (body !== null && !body.complete && body.begun && this.inflow?.exhausted === false) return "body";
    return this.open ? "answer" : "nothing";
  }

  /** @param last the response ends with its head, @param streamed more may follow even if nobody is sent it */
  #begin(given: ResponseHead, length: number, last: boolean, streamed = false): void {
    const response = this.headFilter === null ? given : this.headFilter(given);
    const bodyless = isBodyless(response.status);
    this.started = true;
    this.touch();
    this.response = response;
    this.closing = this.#line.draining;
    this.#bodyless = bodyless || this.head.method === "HEAD";
    this.#owed = length;
    this.announcedBytes = bodyless ? -1 : length;
    this.firstByteUs = this.#line.firstByteUs();
    const block = responseBlock(response, this.announcedBytes);
    for (const part of block) this.#responseHeadBytes += part.length;
    this.#line.sendHead(this, block, last || (this.#bodyless && !streamed));
  }
}

const NO_FIELDS: readonly Field[] = [];

function withLength({ fieldEnviron }: RequestHead, length: number): Pick<RequestHead, "fieldEnviron" | "common"> {
  return { fieldEnviron: `${fieldEnviron}\0CONTENT_LENGTH\0${length}`, common: newCommon() };
}
