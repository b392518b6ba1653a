/** Answers with a page of the built-in documentation. */

import type { Exchange, Field } from "../../http/exchange.ts";
import { HARMLESS_PAGE } from "../../http/page.ts";
import { respondStatus } from "../../http/respond.ts";
import { responseHead } from "../../http/response-head.ts";
import { docsPage } from "./pages.ts";

const ALLOW: Field = ["Allow", "GET,HEAD,OPTIONS"];
const HEAD = responseHead(200, HARMLESS_PAGE);

export function serveDocs(exchange: Exchange, { page }: { readonly page: string }): void {
  const { method } = exchange.head;
  if (method === "OPTIONS") return exchange.send(responseHead(200, [ALLOW]), "");
  if (method !== "GET" && method !== "HEAD") return respondStatus(exchange, 405, undefined, [ALLOW]);
  const content = docsPage(page);
  if (content === undefined) respondStatus(exchange, 404);
  else exchange.send(HEAD, content);
}
