/** URL paths of the site in the one form that routing compares. Pure. */

import type { UrlAlias } from "./settings.ts";

/** A mount point: "" for the root of the site, else with a leading and no trailing slash. */
export function mountPointOf(text: string): string {
  const normal = normalUrlPath(text);
  return normal === "/" ? "" : normal;
}

/** Longest first, and the greater target first for the same path: the order in which aliases are tried. */
export function sortAliases(aliases: readonly UrlAlias[]): readonly UrlAlias[] {
  return aliases
    .map(({ urlPath, target }) => ({ urlPath: normalUrlPath(urlPath), target }))
    .toSorted(
      (a, b) =>
        b.urlPath.length - a.urlPath.length || descending(a.urlPath, b.urlPath) || descending(a.target, b.target),
    );
}

/** One leading slash, no trailing one, dot segments resolved: requests are compared in this form. */
export function normalUrlPath(text: string): string {
  const segments: string[] = [];
  for (const segment of text.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return `/${segments.join("/")}`;
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0;
}
