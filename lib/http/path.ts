/**
 * From the target of a request line to the path and query that routing sees (RFC 9112 §3.2, RFC 3986 §5.2.4). Pure.
 *
 * Text is latin-1, one character a byte: what is decoded here are bytes, whatever their encoding is to the application.
 */

export interface Target {
  /** Decoded; no empty, "." or ".." segment; begins with "/", or is "*". */
  readonly path: string;
  /** Raw, without the "?"; "" when there is none. */
  readonly query: string;
  /** Of an absolute form, to be checked and used as Host is; "" for the other forms. */
  readonly authority: string;
}

/** Why a target was refused: what the client is told, and what the log says. */
export interface RefusedTarget {
  readonly status: 400 | 404;
  readonly why: string;
}

/** RFC 9110 §4.2: the schemes this server answers for; user information in the authority is refused (§4.2.4). */
const ABSOLUTE = /^https?:\/\/([^/?#@]+)((?:[/?#].*)?)$/is;

/**
 * Splits, decodes and normalises a request target.
 *
 * "%2F" and "%00" are 404, as Apache answers them: no file and no segment can have such a name. A malformed escape, a
 * fragment, a path that climbs above the root and an unknown form are 400.
 */
export function resolveTarget(target: string): Target | RefusedTarget {
  if (target.charCodeAt(0) === SLASH) return parseOriginForm(target, "");
  if (target === "*") return { path: "*", query: "", authority: "" };
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return { status: 400, why: "the request target is neither a path nor an http URL" };
  const rest = absolute[2] as string;
  return parseOriginForm(rest.charCodeAt(0) === SLASH ? rest : `/${rest}`, absolute[1] as string);
}

/**
 * A decoded path that was made by the server itself, normalised as those of clients are; undefined when it climbs above the
 * root or can't be a path.
 */
export function resolvePath(path: string): string | undefined {
  return path.startsWith("/") && !path.includes(UNNAMEABLE) ? removeDots(path) : undefined;
}

/**
 * Percent-encodes a decoded path, so that it reads as itself in a Location or a link.
 * What RFC 3986 §3.3 allows in a path stays as it is.
 */
export function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g, percentEncode);
}

/** Percent-encodes what must not stand raw in a query; escapes that are already there are kept. */
export function encodeQuery(query: string): string {
  return query.replace(/[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]/g, percentEncode);
}

const SLASH = 0x2f;
const DOT = 0x2e;
const PERCENT = 0x25;
const HASH = 0x23;
const QUESTION_MARK = 0x3f;

function parseOriginForm(target: string, authority: string): Target | RefusedTarget {
  // One look at each character is half the price of a regular expression, and most paths need no more than that.
  let end = 0;
  let isPlain = true;
  for (let previous = 0; end < target.length; end++) {
    const code = target.charCodeAt(end);
    if (code === QUESTION_MARK) break;
    if (code === PERCENT || code === HASH || (previous === SLASH && (code === SLASH || code === DOT))) isPlain = false;
    previous = code;
  }
  const raw = end === target.length ? target : target.slice(0, end);
  const query = end === target.length ? "" : target.slice(end + 1);
  // A fragment never leaves a user agent: RFC 9112 §3.2 has no place for one, and servers differ in what they make of it.
  if (query.includes("#")) return FRAGMENT;
  if (isPlain) return { path: raw, query, authority };
  if (raw.includes("#")) return FRAGMENT;
  const decoded = decode(raw);
  if (decoded === undefined) return { status: 400, why: "the path has a malformed percent escape" };
  const path = removeDots(decoded);
  if (path === undefined) return { status: 400, why: "the path climbs above the root" };
  if (path.includes(UNNAMEABLE)) return { status: 404, why: "the path has an encoded slash or NUL in a segment" };
  return { path, query, authority };
}

const FRAGMENT: RefusedTarget = { status: 400, why: "the request target has a fragment" };

/** Stands for both bytes no segment can hold, so that an encoded slash never separates segments. */
const UNNAMEABLE = "\0";

/** @returns undefined when an escape is malformed. */
function decode(raw: string): string | undefined {
  let percent = raw.indexOf("%");
  let decoded = "";
  let done = 0;
  while (percent >= 0) {
    const byte = (hexDigit(raw.charCodeAt(percent + 1)) << 4) | hexDigit(raw.charCodeAt(percent + 2));
    if (byte < 0) return undefined;
    decoded += raw.slice(done, percent) + (byte === SLASH ? UNNAMEABLE : String.fromCharCode(byte));
    done = percent + 3;
    percent = raw.indexOf("%", done);
  }
  return decoded + raw.slice(done);
}

/** -1 for anything else, the NaN behind the end of a string included. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Removes empty and dot segments. @returns undefined when ".." has nothing left to remove. */
function removeDots(decoded: string): string | undefined {
  if (!/\/[/.]/.test(decoded)) return decoded;
  const kept: string[] = [];
  const segments = decoded.split("/");
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  const last = segments[segments.length - 1] as string;
  const isDirectory = last === "" || last === "." || last === "..";
  return kept.length === 0 ? "/" : `/${kept.join("/")}${isDirectory ? "/" : ""}`;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
