/** Answers the server gives by itself: a status with its page, and a redirect. */

import { errorPage, redirectPage } from "./error-page.ts";
import type { Exchange, Field } from "./exchange.ts";
import { responseHead } from "./response-head.ts";

const HTML: Field = ["Content-Type", "text/html; charset=utf-8"];

/**
 * Answers with a status and the page that explains it; a status below 300 has nothing to explain and no body.
 * @param detail one sentence of plain text in place of the page's usual one
 */
export function respondStatus(
  exchange: Exchange,
  status: number,
  detail?: string,
  extraFields: readonly Field[] = [],
): void {
  if (status < 300) exchange.send(responseHead(status, extraFields), "");
  else exchange.send(responseHead(status, [...extraFields, HTML]), Buffer.from(errorPage(status, detail)));
}

/** Sends the client elsewhere; `location` is a URL, already percent-encoded. */
export function respondRedirect(exchange: Exchange, status: number, location: string): void {
  const head = responseHead(status, [["Location", location], HTML]);
  exchange.send(head, Buffer.from(redirectPage(status, location)));
}
