/**
 * The Digest scheme (RFC 7616) with MD5 and qop=auth, which is what scripts have hashes for. What follows from the request
 * is worked out here; the access worker, which alone has the user's hash, compares.
 */

import { field, type RequestHead } from "../http/exchange.ts";
import type { Nonces } from "./nonces.ts";
import { isClean, MISSING, quoted, type Credentials, type Scheme } from "./scheme.ts";

const MALFORMED: Credentials = { kind: "malformed" };

export function digestScheme(realm: string, nonces: Nonces): Scheme {
  const beginning = `Digest realm=${quoted(realm)}, nonce="`;

  function judge(head: RequestHead, value: string): Credentials {
    const given = readParameters(value);
    if (given === null) return MISSING;
    const user = userOf(given);
    const { nonce, uri, response, qop, nc, cnonce, algorithm = "MD5" } = given;
    if (user === undefined || nonce === undefined || uri === undefined || response === undefined) return MALFORMED;
    if (!isClean(user) || given["realm"] !== realm || algorithm.toLowerCase() !== "md5") return MISSING;
    // Clients of RFC 2069 have no qop: what they send could be sent again by anybody.
    if (qop?.toLowerCase() !== "auth") return MISSING;
    if (cnonce === undefined || !/^[\da-f]{8}$/i.test(nc ?? "") || !/^[\da-f]{32}$/i.test(response)) return MALFORMED;
    // Else a proof for one page would be good for another (RFC 7616 §3.4.6).
    if (resourceOf(uri) !== resourceOf(head.target)) return MALFORMED;
    const age = nonces.judge(nonce);
    if (age !== "good") return age === "stale" ? { kind: "stale" } : MISSING;
    const rest = `${nonce}:${nc}:${cnonce}:${qop}:${md5(`${head.method}:${uri}`)}`;
    const pairs = `\0malt.user\0${user}\0malt.digest\0${rest}\0malt.response\0${response.toLowerCase()}`;
    return { kind: "given", user, pairs, use: () => nonces.use(nonce, parseInt(nc as string, 16)) };
  }

  return {
    type: "Digest",
    challenge: (stale) => `${beginning}${nonces.make()}", algorithm=MD5, qop="auth"${stale ? ", stale=true" : ""}`,
    read(head) {
      const found = /^digest +/i.exec(field(head, "authorization") ?? "");
      return found === null ? MISSING : judge(head, found.input.slice(found[0].length));
    },
  };
}

type Parameters = Readonly<Record<string, string | undefined>>;

/** One parameter and what ends it: a token or a quoted-string (RFC 9110 §11.2). Sticky, and no two ways to match. */
const PARAMETER =
  /([\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^`|~/:@?=;()-]*))[ \t]*(?:,[ \t,]*|$)/y;

/** Null for what is no list of parameters, or has one twice, which two readers could understand in two ways. */
export function readParameters(text: string): Parameters | null {
  const parameters: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const found = PARAMETER.exec(text);
    if (found === null) return null;
    const [, name = "", inQuotes, token] = found;
    const key = name.toLowerCase();
    if (key in parameters) return null;
    parameters[key] = inQuotes === undefined ? token : inQuotes.replace(/\\(.)/g, "$1");
  }
  return parameters;
}

/** username, or username* with what a quoted-string can't hold (RFC 7616 §3.4, RFC 8187); as bytes. */
function userOf(given: Parameters): string | undefined {
  const extended = /^UTF-8'[^']*'((?:[^%]|%[\da-f]{2})*)$/i.exec(given["username*"] ?? "")?.[1];
  if (given["username"] !== undefined || extended === undefined) return given["username"];
  return extended.replace(/%(..)/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

/** The target without scheme and authority: which form a client uses is between it and its proxy. */
function resourceOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, "") || "/";
}

function md5(text: string): string {
  return new Bun.CryptoHasher("md5").update(Buffer.from(text, "latin1")).digest("hex");
}
