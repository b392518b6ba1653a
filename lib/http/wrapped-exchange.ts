/** An exchange that is another one in all that a stage doesn't change: made to be extended. */

import type {
  ErrorAnswer,
  Exchange,
  ExchangeOwner,
  Field,
  FileSlice,
  HeadFilter,
  KeptBody,
  RequestBody,
  RequestHead,
  Traffic,
} from "./exchange.ts";
import type { ResponseHead } from "./response-head.ts";

export class WrappedExchange implements Exchange {
  readonly inner: Exchange;
  /** For whoever is behind the stage; the log goes on to see the head of the inner one. */
  head: RequestHead;
  errorAnswer: ErrorAnswer | null;
  readonly traffic?: Traffic;
  inform?: (response: ResponseHead) => void;
  switchProtocols?: (response: ResponseHead) => RequestBody;

  constructor(inner: Exchange, head: RequestHead = inner.head) {
    this.inner = inner;
    this.head = head;
    this.errorAnswer = inner.errorAnswer;
    if (inner.traffic !== undefined) this.traffic = inner.traffic;
    if (inner.inform !== undefined) this.inform = inner.inform.bind(inner);
    if (inner.switchProtocols !== undefined) this.switchProtocols = inner.switchProtocols.bind(inner);
  }

  get body(): RequestBody | null {
    return this.inner.body;
  }

  get started(): boolean {
    return this.inner.started;
  }

  get response(): ResponseHead | null {
    return this.inner.response;
  }

  get closing(): boolean {
    return this.inner.closing;
  }

  get open(): boolean {
    return this.inner.open;
  }

  get owner(): ExchangeOwner | null {
    return this.inner.owner;
  }

  set owner(owner: ExchangeOwner | null) {
    this.inner.owner = owner;
  }

  get headFilter(): HeadFilter | null {
    return this.inner.headFilter;
  }

  set headFilter(filter: HeadFilter | null) {
    this.inner.headFilter = filter;
  }

  touch(): void {
    this.inner.touch();
  }

  send(response: ResponseHead, body: Uint8Array | string): void {
    this.inner.send(response, body);
  }

  sendKept(response: ResponseHead, body: KeptBody): void {
    this.inner.sendKept(response, body);
  }

  sendParts(response: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    this.inner.sendParts(response, parts);
  }

  start(response: ResponseHead, bytes: Uint8Array | null): void {
    this.inner.start(response, bytes);
  }

  write(bytes: Uint8Array): void {
    this.inner.write(bytes);
  }

  end(trailers?: readonly Field[]): void {
    this.inner.end(trailers);
  }

  fail(): void {
    this.inner.fail();
  }
}

/** For another answer than the one that failed or was handed on, to whose maker the body of the request belongs. */
export class BodilessExchange extends WrappedExchange {
  #owner: ExchangeOwner | null = null;

  constructor(inner: Exchange, head: RequestHead = inner.head) {
    super(inner, head);
    // Nothing that still comes from whoever was to answer may get in between.
    inner.owner = null;
    this.errorAnswer = null;
  }

  override get body(): null {
    return null;
  }

  override get owner(): ExchangeOwner | null {
    return this.#owner;
  }

  override set owner(owner: ExchangeOwner | null) {
    this.#owner = owner;
    this.inner.owner = owner && new OwnerWithoutBody(this, owner);
  }
}

/** An owner that hears nothing of a body: what of it was asked for before may still come. */
class OwnerWithoutBody implements ExchangeOwner {
  #exchange: Exchange;
  #owner: ExchangeOwner;

  constructor(exchange: Exchange, owner: ExchangeOwner) {
    this.#exchange = exchange;
    this.#owner = owner;
  }

  bodyComplete(): void {
    // Read over.
  }

  bodyArrived(): void {
    // Read over.
  }

  bodyFailed(): void {
    // Nobody waits for it.
  }

  sent(_exchange: Exchange, bytes: number): void {
    this.#owner.sent(this.#exchange, bytes);
  }

  gone(): void {
    this.#owner.gone(this.#exchange);
  }

  stalled(): void {
    this.#owner.stalled(this.#exchange);
  }
}

/** The exchange of the connection, which the log sees in the end. */
export function originOf(exchange: Exchange): Exchange {
  return exchange instanceof WrappedExchange ? originOf(exchange.inner) : exchange;
}

/** A head with some changes for those behind a stage. What they note on it for the logs, the original has too. */
export function changedHead(head: RequestHead, changes: Partial<Omit<RequestHead, "requestId">>): RequestHead {
  return {
    ...head,
    ...changes,
    get requestId() {
      return head.requestId as string;
    },
    set requestId(id: string) {
      head.requestId = id;
    },
  };
}
