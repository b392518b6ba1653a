/**
 * One HTTP/1 connection: bytes in, exchanges out, one at a time and in order. Knows nothing of which socket it sits on.
 *
 * Reading and answering are separate: a body may still arrive while the response is on its way, and what a client
 * pipelines behind a request waits (bounded) until that request is answered.
 */

import type { Connection, Refusable } from "../connection.ts";
import type { Peer } from "../exchange.ts";
import { H1RequestBody, type BodyListener } from "./body.ts";
import type { ConnectionContext } from "../context.ts";
import { Ending, type EndingListener } from "./ending.ts";
import { H1Exchange, type ExchangeLine } from "./exchange.ts";
import { HeadReader, type HeadText } from "./head-reader.ts";
import { Inflow } from "./inflow.ts";
import { Output, type OutputListener } from "./output.ts";
import type { ResponseHead } from "../response-head.ts";
import type { Transport } from "../transport.ts";
import { Patience, type Waiting } from "../patience.ts";
import { refusalHead } from "./refusal.ts";
import { RequestParser } from "./request.ts";
import { isRefusal, type Refusal } from "../syntax.ts";

/** An unread body of at most this is swallowed to keep the connection; more costs more than a new one. */
const MAX_SWALLOW_BYTES = 256 * 1024;

export class H1Connection implements Connection, Refusable, ExchangeLine, BodyListener, OutputListener, EndingListener {
  readonly peer: Peer;
  readonly output: Output;
  readonly firstByteUs: () => number;
  #context: ConnectionContext;
  #ending: Ending;
  #inflow: Inflow;
  #reader = new HeadReader();
  #parser: RequestParser;
  #exchange: H1Exchange | null = null;
  #body: H1RequestBody | null = null;
  #processing = false;
  /** Bytes came with the request in hand that are behind it. */
  #followed = false;
  #patience: Patience;
  #served = 0;

  /**
   * @param sinceMs since when the client is waited for, by the clock of `context`
   * @param clear what is written to the descriptor of `transport` is what the client gets: no TLS
   */
  constructor(
    context: ConnectionContext,
    transport: Transport,
    peer: Peer,
    sinceMs: number = context.clock.nowMs,
    clear = false,
  ) {
    this.#context = context;
    this.peer = peer;
    this.firstByteUs = context.firstByteUs;
    this.output = new Output(transport, this, clear, context.sendfile);
    this.#ending = new Ending(transport, this.output, this);
    this.#parser = new RequestParser(peer, context.maxBodyBytes);
    this.#patience = new Patience(sinceMs);
    this.#inflow = new Inflow(transport, this.#patience);
  }

  get nowMs(): number {
    return this.#context.clock.nowMs;
  }

  get keepAliveSeconds(): number {
    return Math.ceil(this.#context.limits.keepAliveMs / 1000);
  }

  /** Nothing is in hand and nothing has arrived. */
  get idle(): boolean {
    return this.#exchange === null && this.#body === null && !this.#reader.started && this.output.empty;
  }

  get idleSinceMs(): number {
    return this.idle ? this.#patience.idleSinceMs(this.nowMs, this.#served > 0) : Infinity;
  }

  receive(data: Buffer): void {
    if (this.#ending.phase !== "open") return;
    this.#patience.received(data.length);
    let rest: Buffer | null = data;
    if (this.#body !== null) {
      rest = this.#feedBody(data);
      if (rest === null) return;
    }
    if (this.#exchange !== null || !this.output.empty) this.#inflow.keep(rest, this.nowMs);
    else this.#process(rest);
  }

  // A client that has sent its FIN may still be reading (RFC 9112 §9.6).
  ended(): void {
    this.#ending.halfClosed = true;
    if (this.#ending.phase === "lingering" || this.idle) this.#ending.close();
    else if (this.#body?.length === Infinity) this.#bodyFinished();
    else if (this.#body !== null) this.#bodyBroken("the client closed the connection in the middle of the body");
    else if (this.#exchange === null && this.#reader.started) this.#ending.close();
  }

  lost(): void {
    if (this.#ending.phase === "closed") return;
    this.#ending.phase = "closed";
    this.output.discard();
    this.#context.closed();
    const exchange = this.#exchange;
    if (exchange === null) return;
    // Once both have sent FIN the socket is closed at once, and is all that shows of the client's.
    if (this.#ending.halfSent && this.#body?.length === Infinity) {
      this.#bodyFinished();
      return;
    }
    this.#exchange = null;
    exchange.open = false;
    exchange.owner?.gone(exchange);
    this.#context.answered(exchange, this.output.bodyBytes, false);
  }

  drain(): void {
    this.#patience.wrote();
    this.output.drain();
  }

  retire(): void {
    if (this.idle) this.#ending.close();
  }

  tick(nowMs: number): void {
    const exchange = this.#exchange;
    const waiting = this.#waiting();
    if (!this.#patience.isOver(waiting, this.#context.limits, nowMs, exchange?.heardMs ?? nowMs)) return;
    switch (waiting) {
      case "next request":
      case "first request":
      case "close":
        if (waiting === "first request") this.#context.silent(this.peer);
        this.#ending.close();
        break;
      case "rest of the head":
        this.#refuseWith({ status: 408, why: "the head came too slowly (--header-timeout)" }, this.#reader.partial);
        break;
      case "body":
        this.#bodyBroken(`the body came too slowly (--body-timeout), ${this.#body?.received} bytes so far`, 408);
        break;
      case "answer":
        exchange?.owner?.stalled(exchange);
        break;
      case "room":
        this.#context.unread(this.peer);
        if (exchange === null) this.#ending.drop();
        else this.#cut(exchange);
    }
  }

  /** Answers what was no request and closes; the page comes from the context. */
  refuse(response: ResponseHead, page: Buffer, isHead: boolean): number {
    const head = refusalHead(response, page.length);
    this.output.head(head, isHead ? null : page);
    this.#ending.unread = true;
    this.#ending.finish();
    return head.length + (isHead ? 0 : page.length);
  }

  // ExchangeLine

  mayPersist(): boolean {
    if (this.#context.state.draining || this.#context.limits.keepAliveMs === 0) return false;
    if (this.#ending.halfClosed && this.#inflow.empty && !this.#followed) return false;
    const body = this.#body;
    if (body === null || body.complete) return true;
    if (body.awaitsContinue && !body.pulled) return false;
    return body.remaining >= 0 && body.remaining <= MAX_SWALLOW_BYTES;
  }

  switched(): H1RequestBody {
    const body = new H1RequestBody(Infinity, false, this);
    this.#body = body;
    const early = this.#inflow.take();
    this.#inflow.resume(this.nowMs);
    if (early !== null) this.#feedBody(early);
    if (this.#ending.halfClosed) this.#bodyFinished();
    return body;
  }

  halfClose(): void {
    this.#ending.halfClose();
  }

  answered(exchange: H1Exchange): void {
    this.#exchange = null;
    this.#served++;
    this.#context.answered(exchange, this.output.bodyBytes, true);
    this.output.beginCount();
    if (this.#ending.phase !== "open") return;
    if (exchange.closing) {
      this.#ending.unread = this.#body !== null;
      this.#ending.finish();
      return;
    }
    this.#body?.drop();
    this.#patience.restart(this.nowMs);
    this.#inflow.resume(this.nowMs);
    if (this.output.empty) this.#next();
  }

  broken(exchange: H1Exchange): void {
    this.#exchange = null;
    this.#context.answered(exchange, this.output.bodyBytes, false);
    this.#ending.drop();
  }

  // EndingListener

  lingering(): void {
    this.#inflow.take();
    this.#body = null;
    this.#patience.restart(this.nowMs);
    this.#inflow.resume(this.nowMs);
  }

  // OutputListener

  outputDrained(bodyBytes: number): void {
    const exchange = this.#exchange;
    if (exchange !== null) {
      if (this.#ending.halfAwaited) this.#ending.halfClose();
      if (bodyBytes > 0) exchange.owner?.sent(exchange, bodyBytes);
      return;
    }
    if (this.#processing || this.#ending.phase !== "open") return;
    if (this.#ending.awaited) this.#ending.finish();
    else this.#next();
  }

  partsSent(whole: boolean): void {
    this.#exchange?.partsSent(whole);
  }

  // BodyListener

  bodyWanted(first: boolean): void {
    const exchange = this.#exchange;
    const body = this.#body;
    if (body === null || exchange === null) return;
    if (first && body.awaitsContinue && body.received === 0 && !exchange.started) {
      // Until now the client was the one who waited.
      this.#patience.restart(this.nowMs);
      this.output.head("HTTP/1.1 100 Continue\r\n\r\n", null);
    }
    this.#inflow.resume(this.nowMs);
  }

  bodyArrived(bytes: Buffer, last: boolean): void {
    const exchange = this.#exchange;
    exchange?.owner?.bodyArrived(exchange, bytes, last);
  }

  /** Takes requests from `data` until one is in hand or nothing is left. */
  #process(data: Buffer): void {
    let rest: Buffer | null = data;
    this.#processing = true;
    while (
      rest !== null &&
      this.#exchange === null &&
      this.#body === null &&
      this.#ending.phase === "open" &&
      this.output.empty
    ) {
      const begun = this.#reader.started;
      const found = this.#reader.feed(rest);
      if (found === null) {
        // The time between two requests is not that of the second one.
        if (!begun && this.#served > 0) this.#patience.restart(this.nowMs, rest.length);
        rest = null;
      } else if (isRefusal(found)) {
        this.#refuseWith(found, this.#reader.partial);
        rest = null;
      } else {
        rest = found.consumed < rest.length ? rest.subarray(found.consumed) : null;
        rest = this.#begin(found, rest);
      }
    }
    this.#processing = false;
    if (rest !== null) this.#inflow.keep(rest, this.nowMs);
  }

  /** Makes an exchange of a head and has it handled. @returns what is left of `rest` behind the request. */
  #begin(found: HeadText, rest: Buffer | null): Buffer | null {
    const request = this.#parser.parse(found, this.#context.nowUs());
    if (isRefusal(request)) return this.#refuseWith(request, found.text.slice(found.start, found.end));
    const { head, block } = request;
    const length = block.chunked ? -1 : block.contentLength;
    const some = block.chunked || length > 0;
    const body = some ? new H1RequestBody(length, block.expectsContinue, this) : null;
    this.#body = body;
    const exchange = new H1Exchange(head, block, body, this, found.end + 4 - found.start, this.#served);
    this.#exchange = exchange;
    this.#patience.restart(this.nowMs, rest?.length ?? 0);
    const left: Buffer | null = rest === null || body === null ? rest : this.#feedBody(rest);
    this.#followed = left !== null;
    if (this.#exchange === exchange) this.#context.handle(exchange);
    return left;
  }

  /** Gives `data` to the body being received. @returns what is behind the body; null when there is nothing. */
  #feedBody(data: Buffer): Buffer | null {
    const body = this.#body as H1RequestBody;
    const used = body.feed(data, 0);
    if (used < 0) {
      this.#bodyBroken("the chunked body is malformed", 400);
      return null;
    }
    const { maxBodyBytes } = this.#context;
    if (maxBodyBytes > 0 && body.length < 0 && body.received > maxBodyBytes) {
      this.#bodyBroken("the chunked body is larger than --limit-request-body allows", 413);
      return null;
    }
    const filled = body.full && !this.#inflow.paused;
    if (body.complete) this.#body = null;
    else if (filled) this.#inflow.pause(this.nowMs);
    const exchange = this.#exchange;
    if ((body.complete || filled) && !body.pulled && exchange !== null) exchange.owner?.bodyComplete(exchange);
    return used < data.length ? data.subarray(used) : null;
  }

  /** The client's FIN is where the body ends. */
  #bodyFinished(): void {
    const body = this.#body;
    this.#body = null;
    body?.finish();
  }

  /** The rest of the body can't be had. */
  #bodyBroken(why: string, status = 0): void {
    const exchange = this.#exchange;
    this.#body = null;
    if (exchange === null) return this.#ending.drop();
    const refused = status > 0 && exchange.open && !exchange.started;
    // Not open any more for its owner, who would answer as if another request could follow.
    if (refused) exchange.open = false;
    exchange.owner?.bodyFailed(exchange, why);
    if (refused) this.#refuseWith({ status, why }, "");
    else if (status > 0) this.#cut(exchange);
  }

  /** Gives the response up, and tells who makes it. */
  #cut(exchange: H1Exchange): void {
    exchange.owner?.gone(exchange);
    exchange.fail();
  }

  #refuseWith(refusal: Refusal, text: string): null {
    const exchange = this.#exchange;
    this.#exchange = null;
    this.#body = null;
    if (exchange !== null) {
      exchange.open = false;
      exchange.owner?.gone(exchange);
    }
    this.#context.refused(this, refusal, exchange?.requestLine ?? text);
    return null;
  }

  #waiting(): Waiting {
    if (this.#ending.phase === "lingering") return "close";
    if (!this.output.empty) return "room";
    // An answer may be on its way while a body still comes; the client is the one who is slower to blame.
    if (this.#body?.hungry === true) return "body";
    if (this.#exchange !== null) return "answer";
    if (this.#body !== null) return "nothing";
    if (this.#reader.started) return "rest of the head";
    return this.#served > 0 ? "next request" : "first request";
  }

  /** Goes on with what was pipelined. */
  #next(): void {
    if (this.#processing) return;
    const stash = this.#inflow.take();
    if (this.#body === null) this.#inflow.resume(this.nowMs);
    if (stash !== null) {
      const rest = this.#body === null ? stash : this.#feedBody(stash);
      if (rest !== null) this.#process(rest);
      // What was half there when the client closed its half stays half.
      if (this.#ending.halfClosed) this.ended();
    } else if ((this.#context.state.draining || this.#ending.halfClosed) && this.idle) {
      this.#ending.close();
    }
  }
}
