/** Redirect and RedirectMatch: where a path leads, and with which status. */

import { encodePath, encodeQuery } from "../../http/path.ts";
import { contextOf, type Text } from "../expressions/context.ts";
import type { Request } from "../request.ts";
import { ownOrigin } from "../rewrite/url.ts";
import { withGroups } from "./header-edit.ts";

export interface Redirect {
  readonly status: number;
  readonly match: { readonly prefix: string } | { readonly regex: RegExp };
  /** null for a status that leads nowhere. */
  readonly target: { readonly text: string } | { readonly expression: Text } | null;
}

export type RedirectAnswer =
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string };

/** What the first redirect that matches comes to. */
export function redirectFor(redirects: readonly Redirect[], request: Request): RedirectAnswer | undefined {
  for (const { status, match, target } of redirects) {
    const made = "regex" in match ? fromRegex(match.regex, target, request) : fromPrefix(match.prefix, target, request);
    if (made === undefined) continue;
    if (target === null) return { kind: "status", status };
    return { kind: "redirect", status, location: absolute(made, request) };
  }
  return undefined;
}

function fromPrefix(prefix: string, target: Redirect["target"], request: Request): string | undefined {
  const { uri: path } = request;
  // Whole segments: /one is no prefix of /onerous.
  const fits =
    path.startsWith(prefix) && (prefix.endsWith("/") || path.length === prefix.length || path[prefix.length] === "/");
  if (!fits) return undefined;
  if (target === null) return "";
  if ("expression" in target) return withQuery(target.expression(contextOf(request)), request);
  return withQuery(target.text + encodePath(path.slice(prefix.length)), request);
}

function fromRegex(regex: RegExp, target: Redirect["target"], request: Request): string | undefined {
  const found = regex.exec(request.uri);
  if (found === null) return undefined;
  if (target === null) return "";
  if ("expression" in target) {
    return withQuery(target.expression({ request, groups: found }), request);
  }
  const groups = found.map((group) => (group === undefined ? group : encodePath(group)));
  return withQuery(withGroups(target.text, groups), request);
}

/** The query goes along, unless the target has one. */
function withQuery(url: string, { query }: Request): string {
  return query === "" || url.includes("?") ? url : `${url}?${encodeQuery(query)}`;
}

function absolute(url: string, request: Request): string {
  const safe = url.replace(/[\r\n\0]/g, "");
  return safe.startsWith("/") ? ownOrigin(request) + safe : safe;
}
