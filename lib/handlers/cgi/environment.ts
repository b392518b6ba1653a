/** The environment of a script (RFC 3875 §4.1), with what Apache adds to it. Pure. */

import { constantCgiPairs } from "../../settings/cgi-constants.ts";
import type { RequestHead } from "../../http/exchange.ts";
import type { Settings } from "../../settings/settings.ts";
import { createCommonEnviron } from "../wsgi/common-environ.ts";

/** A script and the path that leads to it; latin-1 text. */
export interface ScriptTarget {
  /** In the file system. */
  readonly path: string;
  /** The part of the URL path that names it. */
  readonly scriptName: string;
  /** The rest of it; "" when there is none. */
  readonly pathInfo: string;
  /** NUL-separated pairs, each with a leading NUL, that win over all others. */
  readonly ownPairs?: string;
}

/** Latin-1 text, as it has arrived. */
export type ScriptEnvironment = Readonly<Record<string, string>>;

/**
 * What scripts don't get to see: credentials, which other users could read in /proc (RFC 3875 §9.2), and what HTTP clients
 * take for the name of their own proxy.
 */
const HIDDEN = ["HTTP_AUTHORIZATION", "HTTP_PROXY"];

/** @param own the environment of the server, for --passenv and PATH. */
export function createEnvironmentBuilder(
  settings: Settings,
  own: Readonly<Record<string, string | undefined>>,
): (head: RequestHead, script: ScriptTarget, bodyBytes: number | null) => ScriptEnvironment {
  const makeCommon = createCommonEnviron(settings);
  const constant = constantPairs(settings, own);
  const root = bytesOf(settings.files.documentRoot).replace(/\/+$/, "");

  return (head, { path, scriptName, pathInfo, ownPairs = "" }, bodyBytes) => {
    if (head.common.environ === "") makeCommon(head);
    const pairs = new Map(constant);
    addPairs(pairs, head.common.environ);
    // Where a trusted proxy has the site.
    const prefix = pairs.get("mod_wsgi.mount_point") ?? "";
    for (const name of HIDDEN) pairs.delete(name);
    // Whoever wants a script to have them says so in a directive.
    addPairs(pairs, ownPairs.slice(1));
    if (head.user !== undefined) {
      pairs.set("REMOTE_USER", head.user.name);
      pairs.set("AUTH_TYPE", head.user.type);
    }
    pairs.set("REQUEST_METHOD", head.method);
    pairs.set("QUERY_STRING", head.query);
    pairs.set("REQUEST_URI", head.target);
    pairs.set("SCRIPT_NAME", prefix + scriptName);
    pairs.set("SCRIPT_FILENAME", path);
    if (pathInfo !== "") {
      pairs.set("PATH_INFO", pathInfo);
      pairs.set("PATH_TRANSLATED", root + pathInfo);
    }
    // Of a chunked body the length is known once it is here; then its coding is none of the script's business.
    if (bodyBytes !== null) {
      pairs.set("CONTENT_LENGTH", `${bodyBytes}`);
      pairs.delete("HTTP_TRANSFER_ENCODING");
    }
    // "mod_wsgi." and the like are for WSGI; a shell couldn't even name them.
    return Object.fromEntries([...pairs].filter(([name]) => /^[A-Za-z_]\w*$/.test(name)));
  };
}

/** What every script gets; what the server says comes last, so that no option says otherwise. */
function constantPairs(
  settings: Settings,
  own: Readonly<Record<string, string | undefined>>,
): readonly (readonly [string, string])[] {
  const pairs = [["PATH", own["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"], ...constantCgiPairs(settings, own)] as const;
  // Apache has "_" for what can't be in the name of a variable.
  return pairs.map(([name, value]) => [name.replace(/\W/g, "_"), bytesOf(value)]);
}

function addPairs(pairs: Map<string, string>, text: string): void {
  const words = text.split("\0");
  for (let at = 0; at + 1 < words.length; at += 2) pairs.set(words[at] as string, words[at + 1] as string);
}

/** Settings are Unicode, requests are bytes. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
