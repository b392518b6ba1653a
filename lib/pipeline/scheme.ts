/** What an authentication scheme of HTTP is to the stage that asks for a login (RFC 9110 §11). */

import type { RequestHead } from "../http/exchange.ts";

export interface Scheme {
  /** AUTH_TYPE. */
  readonly type: "Basic" | "Digest";
  /** The value of WWW-Authenticate. `stale`: the user was right, it is only that he needs to prove it anew. */
  challenge(stale: boolean): string;
  read(head: RequestHead): Credentials;
}

export type Credentials =
  /** None, or not of this scheme and realm. */
  | { readonly kind: "missing" }
  | { readonly kind: "stale" }
  | { readonly kind: "malformed" }
  | {
      readonly kind: "given";
      /** Latin-1 text: the bytes that the client sent. */
      readonly user: string;
      /** What the access worker needs to judge them: NUL-separated pairs, each with a leading NUL. */
      readonly pairs: string;
      /** They were found to be right. False when that was so before, and they may be somebody's who has listened. */
      use(): boolean;
    };

export const MISSING: Credentials = { kind: "missing" };

/** An environ can't have NUL in its values, and RFC 7617 §2 and RFC 7616 §3.4 allow no control characters. */
export function isClean(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return false;
  }
  return true;
}

/** A quoted-string (RFC 9110 §5.6.4). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
