/** The requests in hand on one connection: how they begin, what comes for them, and the ways they end. */

import type { Peer } from "../exchange.ts";
import type { ConnectionContext } from "../context.ts";
import type { Refusal } from "../syntax.ts";
import type { H2RequestBody } from "./body.ts";
import { H2Exchange, type ExchangeLine } from "./exchange.ts";
import type { FrameWriter } from "./frame-writer.ts";
import {
  ErrorCode,
  LARGEST_WINDOW_BYTES,
  resetFrame,
  USUAL_WINDOW_BYTES,
  windowUpdateFrame,
  type Fault,
} from "./frames.ts";
import { ReceiveWindow } from "./receive-window.ts";
import type { H2Request } from "./request.ts";
import { responseBlock } from "./response-block.ts";
import type { ResponseHead } from "../response-head.ts";
import { Scheduler, type SchedulerListener } from "./scheduler.ts";
import { Streams, type Ending } from "./streams.ts";

/** More than all streams may fill together: were it less, bodies that nobody reads yet could keep others from coming. */
const WINDOW_BYTES = 32 * 1024 * 1024;

export class Exchanges implements ExchangeLine, SchedulerListener {
  readonly streams = new Streams();
  readonly scheduler: Scheduler;
  /** Send window of new streams. */
  #windowBytes = USUAL_WINDOW_BYTES;
  #inflow = new ReceiveWindow(WINDOW_BYTES);
  #context: ConnectionContext;
  #peer: Peer;
  #writer: FrameWriter;
  #over: () => void;

  /** @param over is called when a stream has ended */
  constructor(context: ConnectionContext, peer: Peer, writer: FrameWriter, over: () => void) {
    this.#context = context;
    this.#peer = peer;
    this.#writer = writer;
    this.#over = over;
    this.scheduler = new Scheduler(writer, this);
  }

  get nowMs(): number {
    return this.#context.clock.nowMs;
  }

  firstByteUs(): number {
    return this.#context.firstByteUs();
  }

  get draining(): boolean {
    return this.#context.state.draining;
  }

  /** How the client learns of the window of the connection, which begins as everybody's. */
  static greeting(): Buffer {
    return windowUpdateFrame(0, WINDOW_BYTES - USUAL_WINDOW_BYTES);
  }

  begin(id: number, request: H2Request, ended: boolean): void {
    const { head, contentLength, expectsContinue } = request;
    const { maxBodyBytes } = this.#context;
    if (maxBodyBytes > 0 && contentLength > maxBodyBytes) {
      const why = `the body of ${contentLength} bytes is larger than --limit-request-body allows`;
      this.refuse(id, { status: 413, why }, `${head.method} ${head.target} HTTP/2.0`, ended);
      return;
    }
    const exchange = new H2Exchange(id, request, ended ? null : contentLength, this.#windowBytes, this);
    this.streams.add(exchange);
    // HTTP/2 lets a body begin without a word on whether there is any.
    exchange.held = !ended && contentLength < 0 && !expectsContinue;
    if (!exchange.held) this.#context.handle(exchange);
  }

  /** Answers with an error page. `line` is what would be the request line. */
  refuse(id: number, refusal: Refusal, line: string, ended: boolean, window: number = this.#windowBytes): void {
    const refuse = (response: ResponseHead, page: Buffer, isHead: boolean): number => {
      const fits = page.length <= Math.min(window, this.scheduler.window);
      // Nobody will come back to send what the windows don't allow now.
      const body = fits && !isHead ? page : null;
      const block = responseBlock(response, fits ? page.length : -1);
      this.#writer.headers(id, block, body === null);
      if (body !== null) {
        this.scheduler.window -= body.length;
        this.#writer.data(id, body, 0, body.length, true);
      }
      if (!ended) this.reset(id, ErrorCode.NO_ERROR);
      return block.reduce((sum, part) => sum + part.length, body?.length ?? 0);
    };
    this.streams.note(id, ended ? "done" : "reset here");
    this.#context.refused({ peer: this.#peer, refuse }, refusal, line);
    this.#over();
  }

  /** Tells the client that the stream is over; who waits for it must be told, too. */
  reset(id: number, code: number): void {
    this.streams.note(id, "reset here");
    this.#writer.frames(resetFrame(id, code));
  }

  /** The payload of a DATA frame, `content` without its padding, for a stream that is not idle. */
  data(id: number, payload: Buffer, content: Buffer, last: boolean): Fault | null {
    if (!this.#inflow.received(payload.length)) return TOO_MUCH;
    const exchange = this.streams.get(id);
    const body = exchange?.body ?? null;
    if (exchange === undefined || body === null || body.complete) {
      this.#used(payload.length);
      if (exchange !== undefined) this.abort(exchange, ErrorCode.STREAM_CLOSED);
      else if (this.streams.endingOf(id) !== "reset here") this.reset(id, ErrorCode.STREAM_CLOSED);
      return null;
    }
    if (exchange.inflow?.received(payload.length) === false) {
      this.abort(exchange, ErrorCode.FLOW_CONTROL_ERROR);
      return null;
    }
    exchange.heard(payload.length);
    const padding = payload.length - content.length;
    if (padding > 0) exchange.bodyUsed(padding);
    if (!body.feed(content, last)) {
      this.#context.faulted(this.#peer, "a body is not as long as its content-length says");
      this.abort(exchange, ErrorCode.PROTOCOL_ERROR);
      return null;
    }
    const { maxBodyBytes } = this.#context;
    if (maxBodyBytes > 0 && body.received > maxBodyBytes) {
      this.#bodyBroken(exchange, "the body is larger than --limit-request-body allows", 413);
    } else if (exchange.held) {
      this.#measure(exchange, body);
    } else if (body.gathered && !body.pulled) {
      exchange.owner?.bodyComplete(exchange);
    }
    return null;
  }

  /** The client allows more for a stream. @returns false when that is more than a window can be. */
  grow(exchange: H2Exchange, bytes: number): boolean {
    const { outflow } = exchange;
    outflow.window += bytes;
    if (outflow.window > LARGEST_WINDOW_BYTES) return false;
    this.scheduler.add(exchange);
    return true;
  }

  /** The client allows so much for each stream from now on (RFC 9113 §6.9.2). @returns as {@link grow}. */
  resize(windowBytes: number): boolean {
    const difference = windowBytes - this.#windowBytes;
    this.#windowBytes = windowBytes;
    return [...this.streams.all()].every((exchange) => this.grow(exchange, difference));
  }

  /** The client has given the stream up. */
  dropped(exchange: H2Exchange): void {
    this.#end(exchange, "done", false);
  }

  /** Gives a stream up, and tells both sides. */
  abort(exchange: H2Exchange, code: number): void {
    this.#writer.frames(resetFrame(exchange.id, code));
    this.#end(exchange, "reset here", false);
  }

  /** The connection is over. */
  abandon(): void {
    for (const exchange of this.streams.all()) this.#end(exchange, "done", false);
  }

  /** The client will send no more. */
  bodiesEnd(): void {
    for (const exchange of this.streams.all()) {
      if (exchange.body?.complete === false) {
        this.#bodyBroken(exchange, "the client closed the connection in the middle of the body", 400);
      }
    }
  }

  tick(nowMs: number): void {
    for (const exchange of this.streams.all()) {
      switch (exchange.overdue(this.#context.limits, nowMs)) {
        case "body": {
          const received = exchange.body?.received;
          this.#bodyBroken(exchange, `the body came too slowly (--body-timeout), ${received} bytes so far`, 408);
          break;
        }
        case "answer":
          exchange.owner?.stalled(exchange);
          break;
        case "room":
          this.#context.unread(this.#peer);
          this.abort(exchange, ErrorCode.CANCEL);
          break;
        default:
      }
    }
  }

  // ExchangeLine

  sendHead(exchange: H2Exchange, block: readonly Uint8Array[], last: boolean): void {
    this.#writer.headers(exchange.id, block, last);
    if (!last) return;
    exchange.outflow.done = true;
    this.responseSent(exchange);
  }

  sendInterim(exchange: H2Exchange, block: readonly Uint8Array[]): void {
    this.#writer.headers(exchange.id, block, false);
  }

  sendBody(exchange: H2Exchange, bytes: Uint8Array, last: boolean): void {
    this.scheduler.send(exchange, bytes, last);
  }

  outflowReady(exchange: H2Exchange): void {
    this.scheduler.add(exchange);
  }

  bodyUsed(exchange: H2Exchange, bytes: number, more: number): void {
    this.#used(bytes);
    if (more > 0 && exchange.body?.complete === false) this.#writer.frames(windowUpdateFrame(exchange.id, more));
  }

  broken(exchange: H2Exchange): void {
    this.abort(exchange, ErrorCode.INTERNAL_ERROR);
  }

  // SchedulerListener

  responseSent(exchange: H2Exchange): void {
    if (exchange.body?.complete === false) {
      // RFC 9113 §8.1: the answer is whole, and the rest of the request is not wanted.
      this.#writer.frames(resetFrame(exchange.id, ErrorCode.NO_ERROR));
      exchange.body.drop();
      this.#end(exchange, "reset here", true);
    } else {
      this.#end(exchange, "done", true);
    }
  }

  responseBroken(exchange: H2Exchange): void {
    this.abort(exchange, ErrorCode.INTERNAL_ERROR);
  }

  /** Hands a request on whose body has arrived, or is too long to be waited for. */
  #measure(exchange: H2Exchange, body: H2RequestBody): void {
    const enough = this.#context.unsizedBodies ? body.received > 0 : exchange.cramped;
    if (!body.complete && !enough) return;
    exchange.held = false;
    if (body.complete) exchange.measured();
    this.#context.handle(exchange);
  }

  /** The rest of the body can't be had. */
  #bodyBroken(exchange: H2Exchange, why: string, status: number): void {
    const refused = exchange.open && !exchange.started;
    // Not open any more for its owner, who would answer by itself.
    if (refused) exchange.open = false;
    exchange.owner?.bodyFailed(exchange, why);
    if (!refused) {
      this.abort(exchange, ErrorCode.CANCEL);
      return;
    }
    exchange.owner?.gone(exchange);
    const { method, target, version } = exchange.head;
    exchange.outflow.discard();
    exchange.body?.drop();
    this.streams.remove(exchange, "reset here");
    this.refuse(exchange.id, { status, why }, `${method} ${target} ${version}`, false, exchange.outflow.window);
  }

  #end(exchange: H2Exchange, ending: Ending, whole: boolean): void {
    if (!this.streams.remove(exchange, ending)) return;
    if (!whole) {
      const { open } = exchange;
      exchange.open = false;
      if (open) exchange.owner?.gone(exchange);
      exchange.outflow.discard();
      exchange.body?.drop();
    }
    this.#context.answered(exchange, exchange.outflow.bodyBytes, whole);
    this.#over();
  }

  /** So many bytes of the connection's window are free again. */
  #used(bytes: number): void {
    const due = this.#inflow.consumed(bytes);
    if (due > 0) this.#writer.frames(windowUpdateFrame(0, due));
  }
}

const TOO_MUCH: Fault = { code: ErrorCode.FLOW_CONTROL_ERROR, why: "the client sent more than the window allows" };
