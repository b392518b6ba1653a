/** The page a client sees when the server itself answers: what happened and whose turn it is, never a traceback. */

import { escapeHtml } from "./html.ts";
import { reasonPhrase } from "./status.ts";

const EXPLANATIONS: Readonly<Record<number, string>> = {
  301: "This page has moved.",
  302: "This page is somewhere else at the moment.",
  400: "The server could not understand this request.",
  401: "This page needs a user name and a password that are known to the server.",
  403: "You are not allowed to see this page.",
  404: "There is no page at this address.",
  405: "This page does not take requests of this kind.",
  408: "The request took too long to arrive.",
  411: "This request must say how long its body is.",
  412: "The page has changed since you last saw it, or has not changed when it should have.",
  413: "The request is larger than the server accepts.",
  414: "The address is longer than the server accepts.",
  416: "The page does not have the part that was asked for.",
  417: "The server cannot do what the request expects of it.",
  500: "Something went wrong in the server. Its error log says what.",
  501: "The server does not know how to do this.",
  502: "The application did not give a usable answer.",
  503: "The server is busy or being restarted. Try again in a moment.",
  504: "The application did not answer in time.",
};

/**
 * A whole HTML document.
 * @param detail one sentence of plain text in place of the usual explanation; it is escaped here
 */
export function errorPage(status: number, detail: string = EXPLANATIONS[status] ?? ""): string {
  return page(status, escapeHtml(detail));
}

/** The page that goes with a redirect, for people whose browser does not follow it. */
export function redirectPage(status: number, location: string): string {
  const link = escapeHtml(location);
  return page(status, `${EXPLANATIONS[status] ?? ""} It is at <a href="${link}">${link}</a>.`.trimStart());
}

function page(status: number, paragraph: string): string {
  const phrase = reasonPhrase(status);
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${status} ${phrase}</title></head>
<body>
<h1>${phrase}</h1>
${paragraph === "" ? "" : `<p>${paragraph}</p>\n`}</body>
</html>
`;
}
