/** Hands requests to the application: what may go there, when, and what happens when it can't. */

import type { Exchange } from "../../http/exchange.ts";
import { respondStatus } from "../../http/respond.ts";
import type { ResponseHead } from "../../http/response-head.ts";
import type { Settings } from "../../settings/settings.ts";
import { quickNowUs } from "../../os/clock.ts";
import { WsgiCall, type CallKeeper, type Substitute } from "./call.ts";
import { createEnvironBuilder, userPairs, type Mapping } from "./environ.ts";
import type { WorkerPool } from "./pool.ts";

/** @param complain writes to the error log, about a request. */
export type Complain = (exchange: Exchange, text: string) => void;

/** @param redirect has another path of the site answer. */
export function createWsgiHandler(
  settings: Settings,
  pool: WorkerPool,
  complain: Complain,
  redirect: (exchange: Exchange, target: string) => void,
): (exchange: Exchange, mapping: Mapping) => void {
  const environOf = createEnvironBuilder(settings);
  const { chunkedRequest, responseBufferBytes } = settings.limits;
  const { errorOverride } = settings.responses;

  const goInside: Substitute = ({ exchange }, { inside = "/" }) => redirect(exchange, inside);

  const keeper: CallKeeper = {
    grantBytes: responseBufferBytes / 2,
    collected: (call) => submit(call),
    fail(call, status, why) {
      complain(call.exchange, `${why}: answered ${status}`);
      respondStatus(call.exchange, status);
    },
    substitute(head) {
      if (head.status >= 400) return errorOverride ? answerInstead : null;
      return head.inside === undefined ? null : goInside;
    },
    cut(call, why) {
      complain(call.exchange, `${why}: the response was cut and the connection reset`);
    },
  };

  function submit(call: WsgiCall): void {
    const { body, head } = call.exchange;
    // Without a body to wait for, a request is queued in the moment it is read.
    call.environ = environOf(head, call.mapping, body === null ? head.startedUs : quickNowUs());
    if (head.user !== undefined) call.environ += userPairs(head.user);
    if (body?.complete === true) call.wholeBody = body.take();
    pool.submit(call);
  }

  return (exchange, mapping) => {
    const { body } = exchange;
    if (body !== null && body.length < 0 && !chunkedRequest) {
      complain(exchange, "a chunked request body needs --chunked-request: answered 411");
      respondStatus(exchange, 411);
      return;
    }
    const call = new WsgiCall(exchange, mapping, keeper);
    // A body is waited for here, where it costs nobody a thread, the beginning of a large one too. But a client that waits
    // for "100 Continue" sends nothing until the application reads, and a chunked body may be a conversation.
    call.collecting = body !== null && !body.gathered && !body.awaitsContinue && body.length >= 0;
    if (!call.collecting) submit(call);
  };
}

/** The server's own answer with the status that the application chose. */
function answerInstead({ exchange }: WsgiCall, { status, fields }: ResponseHead): void {
  respondStatus(
    exchange,
    status,
    undefined,
    fields.filter(([name]) => KEPT_OF_ERRORS.test(name)),
  );
}

/** Without these some statuses mean nothing (RFC 9110 §11.6.1, §15.5.6, §10.2.3). */
const KEPT_OF_ERRORS = /^(?:www-authenticate|allow|retry-after)$/i;
