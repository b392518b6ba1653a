/**
 * A resource of the site that answers in the place of another one: the page for an error, or what a script names instead of
 * answering. It is asked for as by a GET, without the body, which belongs to whoever was asked first.
 */

import { newCommon, type Exchange, type HeadFilter, type RequestHead } from "../http/exchange.ts";
import { resolveTarget, type Target } from "../http/path.ts";
import { respondStatus } from "../http/respond.ts";
import { BodilessExchange, changedHead } from "../http/wrapped-exchange.ts";
import type { Handle } from "./stage.ts";

/** As in Apache: more is resources that name each other. */
const MAX_REDIRECTS = 10;

class InsideExchange extends BodilessExchange {
  /** How often the request has begun anew. */
  readonly redirects: number;

  constructor(inner: Exchange, head: RequestHead) {
    super(inner, head);
    // Nothing has failed yet.
    this.errorAnswer = inner.errorAnswer;
    this.redirects = inner instanceof InsideExchange ? inner.redirects + 1 : 1;
  }
}

/** The head to ask with; nothing that is kept of one request may serve for the other. @param dropped names of fields */
export function headInside(head: RequestHead, { path, query }: Target, dropped: RegExp): RequestHead {
  return changedHead(head, {
    method: head.method === "HEAD" ? "HEAD" : "GET",
    path,
    query,
    fields: head.fields.filter(([name]) => !dropped.test(name)),
    fieldEnviron: head.fieldEnviron.replace(/\0CONTENT_(?:TYPE|LENGTH)\0[^\0]*/g, ""),
    // What a trusted proxy had to say is in the head by now.
    common: { ...newCommon(), forwarded: null },
  });
}

/** What an application or a script is told of the request that was answered with `status`. */
export function redirectPairs({ method, path, query }: RequestHead, status: number): string {
  const ofTarget = `\0REDIRECT_URL\0${path}\0REDIRECT_QUERY_STRING\0${query}`;
  return `\0REDIRECT_STATUS\0${status}\0REDIRECT_REQUEST_METHOD\0${method}${ofTarget}`;
}

const OF_THE_BODY = /^(?:content-.*|transfer-encoding|expect)$/i;

/** Has `target`, a path with or without a query, answer for `exchange`. @param filter what is made of any answer's head. */
export function goInside(
  exchange: Exchange,
  target: string,
  filter: HeadFilter | null,
  next: Handle,
  complain: (exchange: Exchange, text: string) => void,
): void {
  const resolved = resolveTarget(target);
  if ("why" in resolved) {
    complain(
      exchange,
      `an answer names a place of this site that can't be: ${resolved.why}: answered ${resolved.status}`,
    );
    respondStatus(exchange, resolved.status);
    return;
  }
  const head = headInside(exchange.head, resolved, OF_THE_BODY);
  const pairs = redirectPairs(exchange.head, 200);
  const inside = new InsideExchange(exchange, changedHead(head, { fieldEnviron: head.fieldEnviron + pairs }));
  inside.headFilter = filter;
  if (inside.redirects > MAX_REDIRECTS) {
    complain(exchange, `Request exceeded the limit of ${MAX_REDIRECTS} internal redirects: answers name each other`);
    respondStatus(exchange, 500);
  } else {
    next(inside);
  }
}
