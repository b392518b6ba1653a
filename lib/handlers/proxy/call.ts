/** One request on its way through an upstream: what either side sends goes to the other, as fast as that takes it. */

import type { Exchange, ExchangeOwner, Field } from "../../http/exchange.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import { isTrailer, takesTrailers } from "../../http/trailers.ts";
import type { UpstreamConnection, UpstreamUser } from "./connection.ts";
import { clientHead, requestText, wantedProtocols, type Destination, type RequestFraming } from "./forwarding.ts";
import type { UpstreamPool } from "./pool.ts";
import type { UpstreamResponse } from "./response-head.ts";

/** What a call asks of the handler it came through. */
export interface ProxyKeeper {
  readonly pool: UpstreamPool;
  /** Answer with an error page and say why in the log. The exchange is open and not started. */
  fail(call: ProxyCall, status: number, why: string): void;
  /** A response that had begun was cut: say why in the log. */
  cut(call: ProxyCall, why: string): void;
  /** A connection that had changed its protocol was closed from here: mention why in the log. */
  closed(call: ProxyCall, why: string): void;
  /** Nothing more comes of it. */
  over(call: ProxyCall): void;
}

/**
 * Beyond so much on the way the faster side is stopped. One more read can come on top, of up to 512 KiB: the less is asked for
 * before that, the smaller the system keeps its own buffer. Clients that read nothing have a hundred streams of HTTP/2.
 */
const WINDOW_BYTES = 64 * 1024;

/** An upstream that knows nothing of 100 says nothing, and the client waits for it (RFC 9110 §10.1.1). */
const CONTINUE_MS = 1000;

/** RFC 9110 §9.2.2: sent twice they do what they do once. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

export class ProxyCall implements ExchangeOwner, UpstreamUser {
  readonly exchange: Exchange;
  readonly destination: Destination;
  #keeper: ProxyKeeper;
  /** null before there is one and once it is given back. */
  #connection: UpstreamConnection | null = null;
  #framing: RequestFraming = null;
  #requestSent = false;
  /** Request bytes that were pulled and have not come. */
  #asked = 0;
  /** Response bytes that have not left for the client. */
  #owed = 0;
  #paused = false;
  /** Of a response whose first bytes are expected any moment. */
  #head: ResponseHead | null = null;
  #connected = false;
  #switched = false;
  #upstreamEnded = false;
  /** The client is not asked for the body before the upstream has said 100, or has had the time to. */
  #held = false;
  #continueTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(exchange: Exchange, destination: Destination, keeper: ProxyKeeper) {
    this.exchange = exchange;
    this.destination = destination;
    this.#keeper = keeper;
    exchange.owner = this;
  }

  start(): void {
    this.#begin(this.#keeper.pool.take(this.destination.upstream, this.#repeatable));
  }

  // From the client.

  bodyComplete(): void {
    // What came before there was a connection is sent with the head.
  }

  bodyArrived(_exchange: Exchange, bytes: Buffer, last: boolean): void {
    const connection = this.#connection;
    this.#asked -= bytes.length;
    if (connection === null) {
      // What a client still says to an upstream that has said all.
      if (this.#switched && last) this.exchange.end();
      else if (this.#switched) this.#pull();
      return;
    }
    this.exchange.touch();
    if (this.#framing === "chunked") connection.sendChunk(bytes, last);
    else if (bytes.length > 0) connection.send(bytes);
    if (last) this.#bodySent(connection);
    else if (connection.empty) this.#pull();
  }

  bodyFailed(_exchange: Exchange, why: string): void {
    this.#giveUp();
    this.#fail(400, `the request did not arrive: ${why}`);
  }

  sent(_exchange: Exchange, bytes: number): void {
    this.#owed -= bytes;
    if (!this.#paused || this.#owed > WINDOW_BYTES / 2) return;
    this.#paused = false;
    this.#connection?.resume();
  }

  gone(): void {
    this.#giveUp();
  }

  stalled(): void {
    this.#giveUp();
    if (this.#switched) this.#fail(504, "neither side sent anything for longer than --socket-timeout");
    else if (this.#connected) this.#fail(504, "it sent nothing for longer than --socket-timeout");
    else this.#fail(503, "there was no connection within --socket-timeout");
  }

  /** The server can't wait for it any longer. */
  stop(why: string): void {
    this.#giveUp();
    this.#fail(503, why);
  }

  // From the upstream.

  connected(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const { body, head } = this.exchange;
    this.#connected = true;
    this.exchange.touch();
    const whole = body?.complete === true ? body.take() : null;
    if (whole !== null) this.#framing = whole.length;
    else if (body !== null) this.#framing = body.length < 0 ? "chunked" : body.length;
    const waits = whole === null && body?.awaitsContinue === true;
    connection.request(head.method, requestText(head, this.destination, this.#framing, waits), whole);
    if (body === null || whole !== null) this.#requestSent = true;
    else if (waits) this.#holdBody();
    else this.#pull();
  }

  drained(): void {
    if (this.#requestSent || this.#held) return;
    this.exchange.touch();
    this.#pull();
  }

  interim(response: UpstreamResponse): void {
    this.exchange.touch();
    if (response.status !== 100) this.exchange.inform?.(clientHead(response, this.destination));
    else if (this.#held) this.#releaseBody();
  }

  responded(response: UpstreamResponse): void {
    this.exchange.touch();
    // A body that is still held is not wanted.
    clearTimeout(this.#continueTimer);
    const head = clientHead(response, this.destination, takesTrailers(this.exchange.head));
    if (response.status !== 101) {
      this.#head = head;
    } else if (this.#mayBeSwitched) {
      this.#switched = true;
      this.#requestSent = false;
      this.exchange.switchProtocols?.(head);
      this.#pull();
    } else {
      this.#giveUp();
      this.#fail(502, "it changed the protocol without being asked to");
    }
  }

  bodyReceived(bytes: Buffer): void {
    const connection = this.#connection;
    this.#owed += bytes.length;
    if (this.#head === null) this.exchange.write(bytes);
    else this.#startWith(bytes);
    if (this.#owed < WINDOW_BYTES || this.#paused) return;
    this.#paused = true;
    connection?.pause();
  }

  settled(): void {
    if (this.#head !== null) this.#startWith(null);
  }

  completed(trailers: readonly Field[]): void {
    const connection = this.#connection;
    if (this.#switched) {
      this.#upstreamEnded = true;
      this.exchange.end();
      if (this.#requestSent) this.#giveBack(connection);
      return;
    }
    this.#giveBack(connection);
    const behind = trailers.filter(([name]) => isTrailer(name));
    if (this.#head !== null && behind.length > 0) this.#startWith(null);
    if (this.#head === null) {
      this.exchange.end(behind);
      return;
    }
    const head = this.#head;
    this.#head = null;
    this.exchange.send(head, "");
  }

  lost(why: string, status: number, untouched: boolean): void {
    this.#connection = null;
    clearTimeout(this.#continueTimer);
    if (!this.exchange.open) return;
    if (this.#upstreamEnded) {
      this.#keeper.over(this);
      this.#pull();
      return;
    }
    if (untouched && this.#repeatable && this.#head === null) {
      this.#begin(this.#keeper.pool.fresh(this.destination.upstream));
    } else {
      this.#fail(status, why);
    }
  }

  /** The upstream was asked to. */
  get #mayBeSwitched(): boolean {
    const { head, switchProtocols } = this.exchange;
    return switchProtocols !== undefined && this.exchange.body === null && wantedProtocols(head) !== "";
  }

  /** It may be sent again on another connection. */
  get #repeatable(): boolean {
    return this.exchange.body === null && IDEMPOTENT.has(this.exchange.head.method);
  }

  #begin(connection: UpstreamConnection): void {
    this.#connection = connection;
    connection.begin(this);
  }

  #holdBody(): void {
    this.#held = true;
    this.#continueTimer = setTimeout(() => this.#releaseBody(), CONTINUE_MS);
  }

  #releaseBody(): void {
    clearTimeout(this.#continueTimer);
    this.#held = false;
    this.#pull();
  }

  /** Asks the client for more, as long as what was asked for is little. */
  #pull(): void {
    if (this.#asked > WINDOW_BYTES / 2) return;
    const more = WINDOW_BYTES - this.#asked;
    this.#asked += more;
    this.exchange.body?.pull(more);
  }

  #bodySent(connection: UpstreamConnection): void {
    this.#requestSent = true;
    if (!this.#switched) return;
    connection.halfClose();
    if (!this.#upstreamEnded) return;
    this.exchange.end();
    this.#giveBack(connection);
  }

  #startWith(bytes: Buffer | null): void {
    const head = this.#head as ResponseHead;
    this.#head = null;
    this.exchange.start(head, bytes);
  }

  /** Nothing more is wanted from the connection. An upload that is still on its way can't be ended in another manner. */
  #giveBack(connection: UpstreamConnection | null): void {
    this.#connection = null;
    this.#keeper.over(this);
    clearTimeout(this.#continueTimer);
    if (this.#switched) connection?.close();
    else if (this.#requestSent) connection?.release();
    else connection?.abort();
  }

  #giveUp(): void {
    clearTimeout(this.#continueTimer);
    this.#connection?.abort();
    this.#connection = null;
    this.#keeper.over(this);
  }

  #fail(status: number, why: string): void {
    this.#keeper.over(this);
    // With another owner the page for an error is on its way.
    if (!this.exchange.open || this.exchange.owner !== this) return;
    if (this.#switched) {
      this.#keeper.closed(this, why);
      this.exchange.fail();
    } else if (this.exchange.started) {
      this.#keeper.cut(this, why);
      this.exchange.fail();
    } else {
      this.#keeper.fail(this, status, why);
    }
  }
}
