/** Has scripts answer: what may go to one, how many run at once, and what happens when one can't answer. */

import type { Exchange } from "../../http/exchange.ts";
import { respondStatus } from "../../http/respond.ts";
import { splitLines, type LineSplitter } from "../../logs/line-splitter.ts";
import type { Settings } from "../../settings/settings.ts";
import { CgiCall, type CgiKeeper } from "./call.ts";
import { createEnvironmentBuilder, type ScriptTarget } from "./environment.ts";

export interface CgiHandler {
  run(exchange: Exchange, target: ScriptTarget): void;
  /** What isn't answered yet won't be. */
  giveUp(): void;
}

/** What a script needs of the site. */
export interface CgiSite {
  /** Writes to the error log, about a request. */
  complain(exchange: Exchange, text: string): void;
  /** The same with nothing added. */
  report(exchange: Exchange, text: string): void;
  bug(error: Error): void;
  /** Has another resource of the site answer, as to a GET. */
  redirect(exchange: Exchange, target: string): void;
}

/** For this front end: as many requests as may be answered at once, and as may wait. */
export interface CgiLimits {
  readonly running: number;
  readonly waiting: number;
}

/** A line of standard error that is longer comes in pieces. */
const MAX_LINE_BYTES = 8 * 1024;

/** How often it is looked who has waited too long. */
const SWEEP_MS = 500;

export function createCgiHandler(settings: Settings, limits: CgiLimits, site: CgiSite): CgiHandler {
  const environmentOf = createEnvironmentBuilder(settings, process.env);
  const { queueMs } = settings.timeouts;
  const running = new Set<CgiCall>();
  const complaints = new WeakMap<CgiCall, LineSplitter>();
  let waiting: CgiCall[] = [];
  let sweep: ReturnType<typeof setInterval> | undefined;

  const keeper: CgiKeeper = {
    collected: enqueue,
    fail({ exchange }, status, why) {
      site.complain(exchange, why);
      respondStatus(exchange, status);
    },
    cut({ exchange }, why) {
      site.complain(exchange, `${why}: the response was cut and the connection reset`);
    },
    said(call, bytes) {
      let lines = complaints.get(call);
      if (lines === undefined) {
        const name = call.target.scriptName.slice(call.target.scriptName.lastIndexOf("/") + 1);
        lines = splitLines(MAX_LINE_BYTES, (line) => site.report(call.exchange, `stderr from ${name}: ${line}`));
        complaints.set(call, lines);
      }
      if (bytes.length === 0) lines.finish();
      else lines.take(bytes);
    },
    redirect: ({ exchange }, target) => site.redirect(exchange, target),
    bug: (error) => site.bug(error instanceof Error ? error : new Error(String(error))),
    answerStatus: ({ exchange }, status) => respondStatus(exchange, status),
    over(call) {
      running.delete(call);
      startNext();
    },
  };

  function enqueue(call: CgiCall): void {
    if (running.size < limits.running) begin(call);
    else if (waiting.length >= limits.waiting) {
      keeper.fail(call, 503, "as many scripts wait already as --daemon-backlog allows");
    } else {
      call.waitingSinceMs = performance.now();
      waiting.push(call);
      sweep ??= setInterval(expire, SWEEP_MS);
    }
  }

  function begin(call: CgiCall): void {
    const { body, head } = call.exchange;
    const bodyBytes = body?.complete === true ? body.received : null;
    if (bodyBytes === null && (body?.length ?? 0) < 0 && !settings.limits.chunkedRequest) {
      keeper.fail(call, 411, "a large chunked request body needs --chunked-request");
      return;
    }
    if (call.start(environmentOf(head, call.target, bodyBytes))) running.add(call);
  }

  function startNext(): void {
    while (running.size < limits.running) {
      const call = waiting.shift();
      if (call === undefined) return;
      if (call.live) begin(call);
    }
  }

  /** Ends the waits that have been too long, and forgets whose client has gone. */
  function expire(): void {
    const sinceMs = queueMs === 0 ? -Infinity : performance.now() - queueMs;
    const expired = waiting.filter(({ live, waitingSinceMs }) => live && waitingSinceMs < sinceMs);
    waiting = waiting.filter(({ live, waitingSinceMs }) => live && waitingSinceMs >= sinceMs);
    for (const call of expired) keeper.fail(call, 504, "no script had ended within --queue-timeout to make room");
    if (waiting.length > 0) return;
    clearInterval(sweep);
    sweep = undefined;
  }

  return {
    run(exchange, target) {
      const { body } = exchange;
      const call = new CgiCall(exchange, target, keeper);
      // A body is waited for where it costs no process; but who waits for "100 Continue" sends nothing until it is read.
      call.collecting = body !== null && !body.complete && !body.awaitsContinue;
      if (!call.collecting) enqueue(call);
    },
    giveUp() {
      const why = "the server stops, and --shutdown-timeout is over";
      for (const call of [...running, ...waiting]) call.stop(why);
    },
  };
}
