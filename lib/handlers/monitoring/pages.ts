/** Answers requests about the server itself: its health, its metrics, its state. */

import type { Exchange, ExchangeOwner, Field } from "../../http/exchange.ts";
import { respondStatus } from "../../http/respond.ts";
import { responseHead } from "../../http/response-head.ts";
import type { Report } from "../../metrics/report.ts";
import { autoText } from "./auto.ts";
import { healthOf, type Wellness } from "./health.ts";
import { prometheusText } from "./prometheus.ts";
import { statusPage } from "./status-page.ts";

/** What the pages are about. */
export interface Inside {
  report(): Promise<Report>;
  wellness(): Wellness;
}

export interface Pages {
  health(exchange: Exchange): void;
  metrics(exchange: Exchange): void;
  status(exchange: Exchange): void;
}

/** Whoever has it is a probe or a collector, which comes every few seconds: neither counted nor in the access log. */
export const UNNOTED: ExchangeOwner = asker();
const ASKER: ExchangeOwner = asker();

// What is true now may be wrong in a second.
const FRESH: Field = ["Cache-Control", "no-store"];

const LOOKERS = new Set(["GET", "HEAD"]);

export function createPages(inside: Inside): Pages {
  /** Answers with what `page` makes of a report. */
  function tell(exchange: Exchange, owner: ExchangeOwner, page: (report: Report) => Content): void {
    exchange.owner = owner;
    if (!LOOKERS.has(exchange.head.method)) return refuse(exchange);
    void inside.report().then((report) => {
      if (exchange.open && !exchange.started) show(exchange, 200, page(report));
    });
  }

  return {
    health(exchange) {
      exchange.owner = UNNOTED;
      if (!LOOKERS.has(exchange.head.method)) return refuse(exchange);
      const { status, text } = healthOf(inside.wellness(), wants(exchange, "alive"));
      show(exchange, status, { type: "application/json", text });
    },
    metrics(exchange) {
      // The version is that of the format: https://prometheus.io/docs/instrumenting/exposition_formats
      tell(exchange, UNNOTED, (report) => ({ type: "text/plain; version=0.0.4", text: prometheusText(report) }));
    },
    status(exchange) {
      tell(exchange, ASKER, (report) => {
        if (wants(exchange, "json")) return { type: "application/json", text: `${JSON.stringify(report)}\n` };
        if (wants(exchange, "auto")) return { type: "text/plain", text: autoText(report) };
        const seconds = /(?:^|&)refresh=(\d{1,6})(?:&|$)/.exec(exchange.head.query)?.[1];
        const refresh: readonly Field[] = seconds === undefined ? [] : [["Refresh", seconds]];
        return { type: "text/html", text: statusPage(report), fields: [...refresh, NOTHING_FOREIGN] };
      });
    },
  };
}

/** The page has all that it needs. */
const NOTHING_FOREIGN: Field = ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"];

interface Content {
  readonly type: string;
  readonly text: string;
  readonly fields?: readonly Field[];
}

function show(exchange: Exchange, status: number, { type, text, fields = [] }: Content): void {
  const typed: Field = ["Content-Type", `${type}${type.includes("json") ? "" : "; charset=utf-8"}`];
  exchange.send(responseHead(status, [typed, FRESH, ...fields]), text);
}

function refuse(exchange: Exchange): void {
  respondStatus(exchange, 405, undefined, [["Allow", "GET,HEAD"]]);
}

/** Whether the query has the word, with or without a value. */
function wants({ head: { query } }: Exchange, word: string): boolean {
  return query.split("&").some((part) => part === word || part.startsWith(`${word}=`));
}

function nothing(): void {
  // What a client sends is of no interest here.
}

/** Somebody who waits for a report. */
function asker(): ExchangeOwner {
  return {
    bodyComplete: nothing,
    bodyArrived: nothing,
    bodyFailed: nothing,
    sent: nothing,
    gone: nothing,
    stalled(exchange) {
      if (exchange.started) exchange.fail();
      else respondStatus(exchange, 504);
    },
  };
}
