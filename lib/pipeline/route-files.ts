/** Finds what a path maps to below a directory, as Apache walks directories; the border to the file system is here. */

import { lstatSync, statSync, type Stats } from "node:fs";
import { pathBytes } from "../http/exchange.ts";

/**
 * What a name in the file system leads to, symbolic links followed. "not reachable" is a name whose beginning is a
 * file; "refused" may not be looked at, leads nowhere (a dangling link, a circle) or is no file and no directory.
 */
export type Kind = "file" | "directory" | "missing" | "not reachable" | "too long" | "refused";

/** The border to the file system; paths are latin-1 text, and what can't be told is "refused". */
export type KindOf = (path: string) => Kind;

/** Where a walk ended. */
export type Found =
  | { readonly kind: "file" | "directory" | "refused" }
  /** Something hangs below a file. `end`: length of the piece of the path that leads to the file. */
  | { readonly kind: "below a file"; readonly end: number }
  /** `end`: length of the piece of the path up to and including the first segment that does not exist. */
  | { readonly kind: "missing"; readonly end: number };

const DIRECTORY: Found = { kind: "directory" };
const REFUSED: Found = { kind: "refused" };

/** A path may have been rewritten since it was parsed, so what would leave the directory is caught here. */
const ESCAPES = /\/\.\.?(?:\/|$)|\0/;

/** `.htaccess`, `.htpasswd` and their kin, wherever they lie, are for the server alone. */
const PRIVATE = /\/\.ht/;

/**
 * Looks for `path` below `base`.
 * @param path "" or beginning with "/"
 * @param isVirtual true for a path that counts as a directory even where the file system has none
 */
export function locate(kindOf: KindOf, base: string, path: string, isVirtual: (path: string) => boolean): Found {
  if (ESCAPES.test(path)) return REFUSED;
  const kind = kindOf(base + path);
  const found =
    kind === "missing" || kind === "not reachable" || kind === "too long"
      ? walk(kindOf, base, path, isVirtual)
      : { kind };
  return found.kind !== "missing" && PRIVATE.test(path) ? REFUSED : found;
}

/** Segment by segment, for the paths that do not exist as a whole. */
function walk(kindOf: KindOf, base: string, path: string, isVirtual: (path: string) => boolean): Found {
  let end = 0;
  while (end < path.length) {
    const next = path.indexOf("/", end + 1);
    end = next < 0 ? path.length : next;
    if (end === path.length && path.endsWith("/")) break;
    const prefix = path.slice(0, end);
    const kind = kindOf(base + prefix);
    if (kind === "directory" || (kind === "missing" && isVirtual(prefix))) continue;
    if (kind === "missing") return { kind, end };
    return kind === "file" || kind === "not reachable" ? { kind: "below a file", end } : REFUSED;
  }
  return DIRECTORY;
}

/** The local file system. */
export const localKindOf: KindOf = (path) => {
  const bytes = pathBytes(path);
  try {
    const stats = statSync(bytes, { throwIfNoEntry: false });
    if (stats !== undefined) return kindOfStats(stats);
    // Apache refuses a link that leads nowhere; to stat it looks like nothing at all.
    return lstatSync(bytes, { throwIfNoEntry: false }) === undefined ? "missing" : "refused";
  } catch (error) {
    return KIND_OF_ERROR[(error as NodeJS.ErrnoException).code ?? ""] ?? "refused";
  }
};

// As long as the names in the document root are trusted (see the overlay).
const TRUSTED_MS = 10;

const MAX_REMEMBERED = 1000;

/**
 * Remembers for 10 ms what was a file: under load that saves the look at each request for one. That a file is gone is still
 * seen when it is opened; that there is a new one is never missed.
 */
export function rememberFiles(kindOf: KindOf, nowMs: () => number): KindOf {
  const seen = new Map<string, number>();
  return (path) => {
    const now = nowMs();
    const at = seen.get(path);
    if (at !== undefined && now - at < TRUSTED_MS) return "file";
    const kind = kindOf(path);
    if (kind === "file") {
      if (seen.size >= MAX_REMEMBERED) seen.clear();
      seen.set(path, now);
    } else if (at !== undefined) {
      seen.delete(path);
    }
    return kind;
  };
}

const KIND_OF_ERROR: Readonly<Record<string, Kind>> = {
  ENOENT: "missing",
  ENOTDIR: "not reachable",
  ENAMETOOLONG: "too long",
};

function kindOfStats(stats: Stats): Kind {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "directory" : "refused";
}
