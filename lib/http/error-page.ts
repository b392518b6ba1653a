/** The page a client sees when the server itself answers: what happened and whose turn it is, never a traceback. */

import { escapeHtml } from "./html.ts";
import { htmlPage } from "./page.ts";
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
  410: "This page has gone for good.",
  411: "This request must say how long its body is.",
  412: "The page has changed since you last saw it, or has not changed when it should have.",
  413: "The request is larger than the server accepts.",
  414: "The address is longer than the server accepts.",
  415: "The server does not take data of this type.",
  416: "The page does not have the part that was asked for.",
  417: "The server cannot do what the request expects of it.",
  421: "This server does not answer for this address on this connection.",
  429: "There were too many requests. Try again later.",
  431: "The request has more, or longer, header fields than the server accepts.",
  500: "Something went wrong in the server. Its error log says what.",
  501: "The server does not know how to do this.",
  502: "The application did not give a usable answer.",
  503: "The server is busy or being restarted. Try again in a moment.",
  504: "The application did not answer in time.",
  505: "The server does not speak this version of HTTP.",
};

/**
 * A whole HTML document.
 * @param detail plain text in place of the usual explanation; it is escaped here
 */
export function errorPage(status: number, detail: string = explanationOf(status)): string {
  return page(status, escapeHtml(detail));
}

/** What a status means, in a sentence; "" when there is nothing to say. */
export function explanationOf(status: number): string {
  return EXPLANATIONS[status] ?? "";
}

/** The page that goes with a redirect, for people whose browser does not follow it. */
export function redirectPage(status: number, location: string): string {
  const link = escapeHtml(location);
  return page(status, `${EXPLANATIONS[status] ?? ""} It is at <a href="${link}">${link}</a>.`.trimStart());
}

const STYLE = `main{max-width:34em;margin:18vh auto;padding:0 1.5em}
.status{margin:0;font-size:1.1em;letter-spacing:.12em;color:var(--faint)}
h1{margin:.1em 0 .5em;font-size:2em}
p{overflow-wrap:anywhere}`;

function page(status: number, paragraph: string): string {
  const phrase = reasonPhrase(status);
  const text = paragraph === "" ? "" : `<p>${paragraph}</p>\n`;
  const content = `<main>\n<p class="status">${status}</p>\n<h1>${phrase}</h1>\n${text}</main>`;
  return htmlPage(`${status} ${phrase}`, STYLE, content);
}
