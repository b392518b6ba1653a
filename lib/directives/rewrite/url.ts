/** The URLs that rules make: schemes, the own host, escaping, queries. Pure. */

import { escapeUri } from "../escape.ts";
import type { Request } from "../request.ts";
import type { RuleFlags } from "./flags.ts";

/** Schemes of URLs that lead away, and of those the ones without a query. */
const ABSOLUTE =
  /^(?:(?:ajp|balancer|fcgi|ftp|gopher|h2c?|https?|ldap|nntp|scgi|uwsgi|wss?):\/\/|mailto:|news:|unix:)/i;
const WITHOUT_QUERY = /^(?:(?:ftp|gopher|ldap|nntp):\/\/|news:)/i;

export function isAbsoluteUrl(text: string): boolean {
  return ABSOLUTE.test(text);
}

/** "http://host:port" of the site, as the client knows it. */
export function ownOrigin({ server, head }: Request): string {
  const scheme = head.client.secure ? "https" : "http";
  const port = server.portOf(head);
  const isDefault = port === (head.client.secure ? "443" : "80");
  return `${scheme}://${server.nameOf(head)}${isDefault ? "" : `:${port}`}`;
}

/** A path as a whole URL of this site; a URL stays. */
export function qualified(text: string, request: Request): string {
  if (isAbsoluteUrl(text)) return text;
  return `${ownOrigin(request)}${text.startsWith("/") ? "" : "/"}${text}`;
}

/** A URL of this very site becomes a path. */
export function reduced(text: string, request: Request): string {
  const origin = /^(https?):\/\/([^/?:]+|\[[^\]]*\])(?::(\d+))?(?=[/?]|$)/i.exec(text);
  if (origin === null) return text;
  const [whole, scheme = "", host = "", port] = origin;
  const { server, head } = request;
  const isSecure = scheme.toLowerCase() === "https";
  if (isSecure !== head.client.secure || host.toLowerCase() !== server.nameOf(head).toLowerCase()) return text;
  if ((port ?? (isSecure ? "443" : "80")) !== server.portOf(head)) return text;
  const rest = text.slice(whole.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Escapes the path of a URL. */
export function escapedUrl(url: string): string {
  const pathStart = /^(?:unix:[^|]*\|)?[a-z0-9]+:\/\/[^/]*/i.exec(url)?.[0].length;
  return pathStart === undefined ? escapeUri(url) : url.slice(0, pathStart) + escapeUri(url.slice(pathStart));
}

/** Takes the query off a new URL, and joins it with the one there was, as the flags say. */
export function splitQuery(
  url: string,
  query: string,
  flags: RuleFlags,
): { readonly url: string; readonly query: string } {
  if (WITHOUT_QUERY.test(url)) return { url, query: "" };
  const kept = flags.query === "discard" ? "" : query;
  const mark = flags.queryLast ? url.lastIndexOf("?") : url.indexOf("?");
  if (mark < 0) return { url, query: kept };
  const own = url.slice(mark + 1);
  let joined = own;
  // An empty one that would be added to the old one changes nothing.
  if (flags.query === "append") joined = own === "" ? kept : `${own}&${kept}`;
  return { url: url.slice(0, mark), query: joined.replace(/&$/, "") };
}
