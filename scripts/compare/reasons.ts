/** Why Malt answers otherwise. The first reason that fits a difference is its reason. */

import type { Row } from "./page.ts";

interface Reason {
  readonly why: string;
  readonly scenario?: RegExp;
  readonly request?: RegExp;
  readonly original?: RegExp;
  readonly malt?: RegExp;
}

const reasons: readonly Reason[] = [
  {
    request: /^(?:OPTIONS|PUT|DELETE) /,
    original: /TRACE/,
    malt: /^`Allow/,
    why: "TRACE shows cookies and credentials to scripts, so it isn't allowed. An answer to OPTIONS has no content, and so no type.",
  },
  {
    request: /^PUT .a\.txt/,
    malt: /^`Allow: [A-Z,]*`$/,
    why: "A 405 has to say what is allowed (RFC 9110 §15.5.6), also when its page is the site's own.",
  },
  { request: /^PUT .missing/, why: "What isn't there allows no method." },
  { malt: /Content-Range: bytes \*/, why: "A client that learns the length can ask again (RFC 9110 §14.4)." },
  {
    request: /If-(?:Unmodified-Since|Match)/,
    original: /^`Accept-Ranges/,
    malt: /^–$/,
    why: "What follows is a page about the failure: the fields of the file would describe that page.",
  },
  {
    scenario: /no requests/,
    original: /^`Accept-Ranges/,
    malt: /^–$/,
    why: "There is nothing to repeat with a condition or a range: validators of the page say nothing of what was sent.",
  },
  {
    request: /If-None-Match/,
    original: /^`Accept-Ranges/,
    malt: /^–$/,
    why: "With an ETag, a 304 needs no other fields of the file (RFC 9110 §15.4.5).",
  },
  {
    scenario: /errors/,
    original: /charset=iso-8859-1/,
    malt: /charset=utf-8/,
    why: "Texts for errors are UTF-8, as everything that is typed today.",
  },
  {
    request: /badstatus\.cgi/,
    why: "The same status; a script that can't say its own is taken at its word in nothing else.",
  },
  {
    scenario: /without --with-cgi/,
    malt: /^`403/,
    why: "Apache without mod_cgi sends the text of a script to whoever asks for it.",
  },
  {
    request: /toscript\.cgi/,
    original: /REDIRECT_/,
    malt: /^–$/,
    why: "Copies of what is there under its own name.",
  },
  {
    request: /X-Forwarded-For: nonsense/,
    why: "What is no address is nobody's: the client is then the last proxy that is known.",
  },
  { request: /Proto: gopher/, why: "A scheme that there isn't is hidden, so that nobody takes it for an answer." },
  {
    scenario: /--include-file/,
    malt: /Vary: X-If/,
    why: "Texts are UTF-8. Caches are told what the decision may have depended on, also when it was no.",
  },
  {
    scenario: /^\.htaccess/,
    original: /^`404 Not Found`/,
    malt: /^`200 OK`/,
    why: "In the original the rules of an `.htaccess` take away the rule by which requests reach the application: it can't be had in and below such a directory.",
  },
  { request: /^GET .\.htaccess/, why: "Rules and passwords are for the server alone." },
  {
    scenario: /other servers/,
    request: /Host: other\.example/,
    why: "A proxied host is handed on as a whole: the paths of this site are none of it.",
  },
];

/** The reason for a difference; undefined when nobody has thought of one. */
export function reasonFor(row: Omit<Row, "why">): string | undefined {
  return reasons.find(
    ({ scenario, request, original, malt }) =>
      fits(scenario, row.scenario) &&
      fits(request, row.request) &&
      fits(original, row.original) &&
      fits(malt, row.malt),
  )?.why;
}

function fits(pattern: RegExp | undefined, text: string): boolean {
  return pattern === undefined || pattern.test(text);
}
