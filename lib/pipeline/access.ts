/**
 * The stage that asks the access scripts: which clients are served at all, who the user is, and what he may. One question
 * has it all, as each is a round trip to another process.
 */

import type { Ask } from "../handlers/wsgi/inquiry.ts";
import type { Exchange } from "../http/exchange.ts";
import { respondStatus } from "../http/respond.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Login, Settings } from "../settings/settings.ts";
import { basicScheme } from "./basic.ts";
import { digestScheme } from "./digest.ts";
import { createNonces } from "./nonces.ts";
import { refusalWords } from "./refusals.ts";
import type { Credentials, Scheme } from "./scheme.ts";
import type { Handle, Stage } from "./stage.ts";

/**
 * @param secret signs what clients bring back, see `configure` of a front end.
 * @param report writes to the error log, about a request.
 * @returns null when nobody is to be asked.
 */
export function accessStage(
  settings: Pick<Settings, "access" | "files">,
  secret: string,
  ask: Ask,
  report: (exchange: Exchange, text: string) => void,
): Stage | null {
  const { hostScript, login } = settings.access;
  if (hostScript === null && login === null) return null;
  const scheme = login && schemeOf(login, secret);
  // Whoever can't be asked has not said yes. The original tells the two kinds of scripts apart like this.
  const unanswered = login === null ? 403 : 500;
  const wordsFor = refusalWords(settings);

  function decide(
    exchange: Exchange,
    credentials: Credentials | null,
    answer: ResponseHead | null,
    next: Handle,
  ): void {
    const status = answer?.status ?? unanswered;
    if (status === 200) return settle(exchange, credentials, answer, next);
    const why = valueIn(answer, "Why") ?? "";
    const words = wordsFor(why, exchange.head, credentials?.kind === "given" ? credentials.user : "");
    if (words !== null) report(exchange, words);
    if (status === 401) challenge(exchange, false);
    else respondStatus(exchange, status);
  }

  /** The scripts have nothing against it. */
  function settle(
    exchange: Exchange,
    credentials: Credentials | null,
    answer: ResponseHead | null,
    next: Handle,
  ): void {
    switch (credentials?.kind) {
      case "missing":
        challenge(exchange, false);
        return;
      case "stale":
        challenge(exchange, true);
        return;
      case "malformed":
        respondStatus(exchange, 400, "The Authorization field of the request can't be understood.");
        return;
      case "given":
        // A request that was rewritten is asked about again: what proved it before does so still.
        if (exchange.head.user === undefined && !credentials.use()) return challenge(exchange, true);
        // The script may know the user by another name than the one he gave.
        exchange.head.user = { name: valueIn(answer, "User") ?? credentials.user, type: (scheme as Scheme).type };
    }
    next(exchange);
  }

  function challenge(exchange: Exchange, stale: boolean): void {
    const text = (scheme as Scheme).challenge(stale);
    respondStatus(exchange, 401, undefined, [["WWW-Authenticate", text]]);
  }

  return (exchange, next) => {
    const { head } = exchange;
    const credentials = scheme && scheme.read(head);
    const given = credentials?.kind === "given";
    if (hostScript === null && !given) return settle(exchange, credentials, null, next);
    const question = `malt.host\0${head.client.address}${given ? credentials.pairs : ""}`;
    ask(exchange, question, (answer) => decide(exchange, credentials, answer, next));
  };
}

function schemeOf({ type, realm }: Login, secret: string): Scheme {
  return type === "Basic" ? basicScheme(realm) : digestScheme(realm, createNonces(secret, Date.now));
}

function valueIn(answer: ResponseHead | null, field: string): string | undefined {
  return answer?.fields.find(([name]) => name === field)?.[1];
}
