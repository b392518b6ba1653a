/** Answers the server gives by itself: a status with its page, and a redirect. */

import { errorPage, redirectPage } from "./error-page.ts";
import type { Exchange, Field } from "./exchange.ts";
import { responseHead } from "./response-head.ts";

const HTML: Field = ["Content-Type", "text/html; charset=utf-8"];

/**
 * Answers with a status and the page that explains it, or what the site has for that error; a status below 300 has nothing
 * to explain and no body.
 * @param detail one sentence of plain text in place of the page's usual one
 */
export function respondStatus(
  exchange: Exchange,
  status: number,
  detail?: string,
  extraFields: readonly Field[] = [],
): void {
  if (status < 300) exchange.send(responseHead(status, extraFields), "");
  else if (status < 400 || exchange.errorAnswer?.(exchange, status, extraFields) !== true) {
    respondPage(exchange, status, detail, extraFields);
  }
}

/** Answers with the server's own page, whatever else there may be for the error. */
export function respondPage(exchange: Exchange, status: number, detail?: string, fields: readonly Field[] = []): void {
  const page = detail === undefined ? usualPage(status) : Buffer.from(errorPage(status, detail));
  exchange.send(responseHead(status, [...fields, HTML]), page);
}

/** Pages that are always the same: whoever is looking for holes gets them by the thousand. */
const usualPages = new Map<number, Buffer>();

function usualPage(status: number): Buffer {
  let page = usualPages.get(status);
  if (page === undefined) usualPages.set(status, (page = Buffer.from(errorPage(status))));
  return page;
}

/** Sends the client elsewhere; `location` is a URL, already percent-encoded. */
export function respondRedirect(
  exchange: Exchange,
  status: number,
  location: string,
  extraFields: readonly Field[] = [],
): void {
  const head = responseHead(status, [["Location", location], ...extraFields, HTML]);
  exchange.send(head, Buffer.from(redirectPage(status, location)));
}
