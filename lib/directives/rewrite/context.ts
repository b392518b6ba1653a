/** Rules where they stand: in the server they see URL paths, in a directory the names below it. */

import type { Request } from "../request.ts";
import { applyRules, type Outcome } from "./engine.ts";
import type { Rule } from "./rule.ts";
import { escapedUrl, isAbsoluteUrl, ownOrigin } from "./url.ts";
import { escapeUri, unescapeUri } from "../escape.ts";

/** The rewrite settings of a place, merged. */
export interface RewriteConfig {
  readonly engine: boolean | undefined;
  readonly rules: readonly Rule[];
  /** Where it stands; ends with "/", null in the server. */
  readonly directory: string | null;
  readonly base: string | undefined;
  readonly options: RewriteOptions;
}

export interface RewriteOptions {
  /** Rules of the place above follow ("after") or go ahead; undefined keeps only the own. */
  readonly inherit?: "after" | "before";
  readonly mergeBase?: boolean;
  readonly allowNoSlash?: boolean;
}

export type Rewritten =
  | { readonly kind: "unchanged" }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "proxy"; readonly url: string }
  /** Another path of this site, decoded, with its query. */
  | { readonly kind: "rewritten"; readonly path: string; readonly query: string; readonly passThrough?: boolean };

const UNCHANGED: Rewritten = { kind: "unchanged" };
const BAD_REQUEST: Rewritten = { kind: "status", status: 400 };
const NOT_FOUND: Rewritten = { kind: "status", status: 404 };
const FORBIDDEN: Rewritten = { kind: "status", status: 403 };

/** What would end the request line, or smuggle a second one. */
const RAW_BLANK = /[\0-\x20\x7f]/;

export function rewriteInServer(config: RewriteConfig, request: Request): Rewritten {
  if (config.engine !== true || request.rewriteEnded) return UNCHANGED;
  request.env.set("SCRIPT_URL", request.path);
  request.env.set("SCRIPT_URI", ownOrigin(request) + request.path);
  const { path, query } = request;
  const outcome = applyRules(config.rules, null, request);
  // In the server nothing has been mapped yet.
  request.filename = "";
  request.query = query;
  if (outcome.kind !== "changed") return outcome;
  const elsewhere = leadingElsewhere(outcome, query);
  if (elsewhere !== undefined) return elsewhere;
  const target = withoutRoot(outcome.target, request.server.documentRoot);
  if (!target.startsWith("/")) return BAD_REQUEST;
  if (target === path && outcome.query === query) return UNCHANGED;
  return { kind: "rewritten", path: target, query: outcome.query, passThrough: outcome.passThrough };
}

/** @param isRedirected a directory without its slash is redirected to the one with it anyway */
export function rewriteInDirectory(config: RewriteConfig, request: Request, isRedirected: boolean): Rewritten {
  const { directory } = config;
  if (config.engine !== true || directory === null || request.rewriteEnded) return UNCHANGED;
  const { filename, query, pathInfo } = request;
  // The directory without its slash: the client is first sent to the one with it.
  if (`${filename}/` === directory && (isRedirected || config.options.allowNoSlash !== true)) return UNCHANGED;
  const outcome = applyRules(config.rules, directory, request);
  request.filename = filename;
  request.query = query;
  request.pathInfo = pathInfo;
  if (outcome.kind !== "changed") return outcome;
  const elsewhere = leadingElsewhere({ ...outcome, target: pathInUrl(outcome.target, config, request) }, query);
  if (elsewhere !== undefined) return elsewhere;
  const { target } = outcome;
  if (!target.startsWith("/")) return BAD_REQUEST;
  if (target === filename) {
    // Beginning anew would lead here for ever.
    request.query = outcome.query;
    return UNCHANGED;
  }
  return begunAnew(pathOf(target, config, request), outcome.query);
}

/** What rules of a directory have made is a URL path again, with escapes. */
function begunAnew(path: string, query: string): Rewritten {
  if (!path.includes("%")) return { kind: "rewritten", path, query };
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return BAD_REQUEST;
  if (/%(?:2f|00)/i.test(path)) return NOT_FOUND;
  return { kind: "rewritten", path: unescapeUri(path), query };
}

type Changed = Extract<Outcome, { kind: "changed" }>;

/** A proxy or a redirect, if that is what the rules came to. */
function leadingElsewhere(outcome: Changed, query: string): Rewritten | undefined {
  const { target, proxy, escape } = outcome;
  const isEscaped = escape && !proxy && isAbsoluteUrl(target);
  if (!isEscaped && RAW_BLANK.test(outcome.query)) return FORBIDDEN;
  if (proxy) {
    const url = escape ? escapedUrl(target) : target;
    return { kind: "proxy", url: outcome.query === "" ? url : `${url}?${outcome.query}` };
  }
  if (!isAbsoluteUrl(target)) return undefined;
  const url = escape ? escapedUrl(target) : target;
  // A query that is the client's own is escaped already.
  const ready = !escape || outcome.query === query ? outcome.query : escapeUri(outcome.query);
  const location = ready === "" ? url : `${url}?${ready}`;
  if (/[\r\n\0]/.test(location)) return FORBIDDEN;
  return { kind: "redirect", status: outcome.status, location };
}

/** From a name below a directory to the URL path that leads there. */
function pathOf(target: string, { directory, base }: RewriteConfig, request: Request): string {
  if (base !== undefined && directory !== null) return withPrefix(target, directory, base);
  const stripped = withoutRoot(target, request.server.documentRoot);
  if (stripped !== target) return stripped;
  const { contextRoot, contextPrefix } = request;
  return contextRoot === "" ? target : withPrefix(target, `${contextRoot}/`, `${contextPrefix}/`);
}

function withPrefix(text: string, prefix: string, replacement: string): string {
  if (!text.startsWith(prefix)) return text;
  return `${replacement.endsWith("/") ? replacement : `${replacement}/`}${text.slice(prefix.length)}`;
}

/** In `http://host/DIRECTORY/x` the directory is one of the file system; its URL is put there. */
function pathInUrl(url: string, config: RewriteConfig, request: Request): string {
  const host = isAbsoluteUrl(url) ? /^[a-z0-9]+:\/\/[^/]*/i.exec(url)?.[0] : undefined;
  return host === undefined ? url : host + pathOf(url.slice(host.length), config, request);
}

function withoutRoot(target: string, root: string): string {
  return target.startsWith(`${root}/`) ? target.slice(root.length) : target;
}
