/**
 * What the site answers to errors of the server's own (--error-document): a text, another URL, or a resource of the site,
 * which is asked for once, as by a GET. When that fails too, the client gets the page for the first error.
 */

import { explanationOf } from "../http/error-page.ts";
import { type ErrorAnswer, type Exchange, type Field, type RequestHead } from "../http/exchange.ts";
import { resolveTarget, type Target } from "../http/path.ts";
import { respondPage, respondRedirect } from "../http/respond.ts";
import { responseHead } from "../http/response-head.ts";
import { reasonPhrase } from "../http/status.ts";
import { BodilessExchange } from "../http/wrapped-exchange.ts";
import type { ErrorDocument } from "../settings/error-document.ts";
import { headInside, redirectPairs } from "./inside.ts";
import type { Decision } from "./route-decision.ts";
import type { Stage } from "./stage.ts";

/** What an error document needs of the site. */
export interface ErrorSite {
  route(head: RequestHead): Decision;
  carryOut(exchange: Exchange, decision: Decision): void;
  complain(exchange: Exchange, text: string): void;
}

/** @returns null when there are no such documents. */
export function errorDocumentStage(
  documents: readonly (readonly [status: number, document: ErrorDocument])[],
  site: ErrorSite,
): Stage | null {
  if (documents.length === 0) return null;
  const answers = new Map(documents.map(([status, document]) => [status, answerWith(document, site)]));
  const errorAnswer: ErrorAnswer = (exchange, status, fields) =>
    answers.get(status)?.(exchange, status, fields) ?? false;
  return (exchange, next) => {
    exchange.errorAnswer = errorAnswer;
    next(exchange);
  };
}

/** @throws Error for a path that no request could have */
function answerWith(document: ErrorDocument, site: ErrorSite): ErrorAnswer {
  switch (document.kind) {
    case "text": {
      const text = Buffer.from(document.text);
      return (exchange, status, fields) => {
        exchange.send(responseHead(status, [...fields, ["Content-Type", "text/html; charset=utf-8"]]), text);
        return true;
      };
    }
    case "elsewhere":
      return (exchange) => {
        respondRedirect(exchange, 302, document.url);
        return true;
      };
    case "local": {
      const target = resolveTarget(Buffer.from(document.target).toString("latin1"));
      if ("why" in target) throw new Error(`--error-document ${document.target}: ${target.why}`);
      return (exchange, status, fields) => {
        askForPage(exchange, { status, fields, target }, site);
        return true;
      };
    }
  }
}

interface Failure {
  readonly status: number;
  readonly fields: readonly Field[];
  /** Of the page to look for. */
  readonly target: Target;
}

function askForPage(failed: Exchange, failure: Failure, site: ErrorSite): void {
  const exchange = new PageExchange(failed, headInside(failed.head, failure.target, NOT_OF_THE_PAGE));
  exchange.errorAnswer = (_, status) => {
    site.complain(failed, `the page ${failure.target.path} for errors ${failure.status} was answered ${status} itself`);
    exchange.headFilter = exchange.usualFilter;
    const also = `The page that should tell more could not be shown either (${status} ${reasonPhrase(status)}).`;
    respondPage(exchange, failure.status, `${explanationOf(failure.status)} ${also}`.trimStart(), failure.fields);
    return true;
  };
  const decision = site.route(exchange.head);
  if (decision.kind === "application") {
    // The status is the application's.
    exchange.keepFields(failure.fields, null);
    site.carryOut(exchange, {
      ...decision,
      ownPairs: redirectPairs(failed.head, failure.status) + (decision.ownPairs ?? ""),
    });
  } else if (decision.kind === "script") {
    // A script that says nothing of a status leaves it as it was.
    exchange.keepFields(failure.fields, failure.status, 200);
    site.carryOut(exchange, { ...decision, ownPairs: redirectPairs(failed.head, failure.status) });
  } else {
    if (decision.kind === "file" || decision.kind === "listing") exchange.keepFields(failure.fields, failure.status);
    site.carryOut(exchange, decision);
  }
}

class PageExchange extends BodilessExchange {
  /** What was made of heads before there was an error. */
  readonly usualFilter = this.inner.headFilter;

  /** Has the response say what the error has to say; with `error` in the place of its own status, or of that one only. */
  keepFields(fields: readonly Field[], error: number | null, only: number | null = null): void {
    const { usualFilter } = this;
    this.headFilter = (given) => {
      const response = usualFilter === null ? given : usualFilter(given);
      const status = only === null || only === response.status ? error : null;
      if (fields.length === 0 && status === null) return response;
      const made = responseHead(status ?? response.status, [...response.fields, ...fields]);
      const reason = status === null ? response.reason : made.reason;
      return { ...response, status: made.status, reason, fields: made.fields, lines: made.lines };
    };
  }
}

/** A page is asked for whole. */
const NOT_OF_THE_PAGE = /^(?:if-.*|range|content-.*|transfer-encoding)$/i;
