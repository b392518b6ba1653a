/**
 * A question to the workers that run the access scripts, on behalf of a request. To them it is a request like any other,
 * whose environ has the question and whose response has nothing but a head.
 */

import type { Exchange, ExchangeOwner, FileSlice, RequestHead } from "../../http/exchange.ts";
import { closeParts } from "../../http/parts.ts";
import { respondStatus } from "../../http/respond.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { Settings } from "../../settings/settings.ts";
import { WsgiCall, type CallKeeper } from "./call.ts";
import { createCommonEnviron } from "./common-environ.ts";
import type { Mapping } from "./environ.ts";
import type { Complain } from "./handler.ts";
import type { WorkerPool } from "./pool.ts";

/** Gets the head of the response; null when there was none, which the log then explains. */
export type Answered = (answer: ResponseHead | null) => void;

/**
 * Asks about a request, which has nobody else to answer it meanwhile. A client that goes away gets no answer.
 * @param question pairs for the environ, beginning with a name.
 */
export type Ask = (exchange: Exchange, question: string, answered: Answered) => void;

export function createInquirer(settings: Settings, pool: WorkerPool, complain: Complain): Ask {
  const makeCommon = createCommonEnviron(settings);
  const keeper: CallKeeper = {
    grantBytes: settings.limits.responseBufferBytes / 2,
    collected: () => undefined,
    substitute: () => null,
    fail({ exchange }, _status, why) {
      (exchange as Inquiry).failed(why);
    },
    cut({ exchange }, why) {
      (exchange as Inquiry).failed(why);
    },
  };
  return (exchange, question, answered) => {
    const { head } = exchange;
    if (head.common.environ === "") makeCommon(head);
    const call = new WsgiCall(new Inquiry(exchange, answered, complain), NOWHERE, keeper);
    call.environ = `${pairsOf(head)}\0${question}`;
    pool.submit(call);
  };
}

/** As scripts see the request: no file belongs to it yet. */
function pairsOf({ method, path, query, target }: RequestHead): string {
  return `SCRIPT_NAME\0${path}\0PATH_INFO\0\0REQUEST_METHOD\0${method}\0REQUEST_URI\0${target}\0QUERY_STRING\0${query}`;
}

const NOWHERE: Mapping = {
  pathInfo: "",
  scriptFilename: "",
  pathTranslated: null,
  handlerScriptName: "",
  handlerPathInfo: "",
};

/** To the worker an exchange without a client; to the client's exchange the one who is to answer it. */
class Inquiry implements Exchange, ExchangeOwner {
  readonly head: RequestHead;
  // The scripts see no body. It stays with the request, for whoever answers that.
  readonly body = null;
  readonly started = false;
  readonly closing = false;
  readonly headFilter = null;
  readonly errorAnswer = null;
  response: ResponseHead | null = null;
  open = true;
  owner: ExchangeOwner | null = null;
  #asker: Exchange;
  #answered: Answered;
  #complain: Complain;

  constructor(asker: Exchange, answered: Answered, complain: Complain) {
    this.head = asker.head;
    this.#asker = asker;
    this.#answered = answered;
    this.#complain = complain;
    asker.owner = this;
  }

  // From the worker.

  touch(): void {
    this.#asker.touch();
  }

  send(response: ResponseHead): void {
    this.#finish(response);
  }

  start(response: ResponseHead): void {
    this.response = response;
  }

  write(bytes: Uint8Array): void {
    this.owner?.sent(this, bytes.length);
  }

  end(): void {
    this.#finish(this.response);
  }

  sendKept(response: ResponseHead): void {
    this.send(response);
  }

  sendParts(_response: ResponseHead, parts: readonly (FileSlice | string)[]): void {
    closeParts(parts);
    this.fail();
  }

  fail(): void {
    this.#finish(null);
  }

  failed(why: string): void {
    if (!this.open) return;
    this.#complain(this.#asker, `the access script gave no answer: ${why}`);
    this.#finish(null);
  }

  // From the client.

  bodyComplete(): void {}

  bodyArrived(): void {}

  bodyFailed(exchange: Exchange, why: string): void {
    this.#abandon();
    if (!exchange.open) return;
    this.#complain(exchange, `${why}: answered 400`);
    respondStatus(exchange, 400);
  }

  sent(): void {}

  gone(): void {
    this.#abandon();
  }

  stalled(): void {
    this.owner?.stalled(this);
  }

  #abandon(): void {
    this.open = false;
    this.owner?.gone(this);
  }

  #finish(answer: ResponseHead | null): void {
    if (!this.open) return;
    this.open = false;
    this.#asker.owner = null;
    this.#answered(answer);
  }
}
