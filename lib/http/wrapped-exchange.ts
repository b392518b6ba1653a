/** An exchange that is another one in all that a stage doesn't change: made to be extended. */

import type {
  ErrorAnswer,
  Exchange,
  ExchangeOwner,
  FileSlice,
  HeadFilter,
  RequestBody,
  RequestHead,
} from "./exchange.ts";
import type { ResponseHead } from "./response-head.ts";

export class WrappedExchange implements Exchange {
  protected readonly inner: Exchange;
  /** For whoever is behind the stage; the log goes on to see the head of the inner one. */
  head: RequestHead;
  errorAnswer: ErrorAnswer | null;
  inform?: (response: ResponseHead) => void;
  switchProtocols?: (response: ResponseHead) => RequestBody;

  constructor(inner: Exchange, head: RequestHead = inner.head) {
    this.inner = inner;
    this.head = head;
    this.errorAnswer = inner.errorAnswer;
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

  sendParts(response: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    this.inner.sendParts(response, parts);
  }

  start(response: ResponseHead, bytes: Uint8Array | null): void {
    this.inner.start(response, bytes);
  }

  write(bytes: Uint8Array): void {
    this.inner.write(bytes);
  }

  end(): void {
    this.inner.end();
  }

  fail(): void {
    this.inner.fail();
  }
}
