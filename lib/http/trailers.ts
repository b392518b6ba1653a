/** Fields behind a body: which may stand there, and who can take them (RFC 9110 §6.5). Pure. */

import type { RequestHead } from "./exchange.ts";
import { listOf } from "./syntax.ts";

/**
 * Framing, routing, authentication, conditions, control of the response and the form of its content (RFC 9110 §6.5.1): a
 * recipient that took these from behind the body would act on what nobody has checked.
 */
const NOT_BEHIND = new Set(
  [
    "connection content-length keep-alive proxy-connection te trailer transfer-encoding upgrade",
    "host max-forwards expect range location content-location",
    "authorization proxy-authorization proxy-authenticate proxy-authentication-info www-authenticate",
    "authentication-info cookie set-cookie strict-transport-security",
    "if-match if-modified-since if-none-match if-range if-unmodified-since",
    "age cache-control date expires pragma retry-after vary warning",
    "content-disposition content-encoding content-range content-type",
  ].flatMap((names) => names.split(" ")),
);

/** Whether a field by this name may be behind a body. */
export function isTrailer(name: string): boolean {
  return !NOT_BEHIND.has(name.toLowerCase());
}

/** Whether the client wants to be sent them: over HTTP/1 it says so (RFC 9110 §10.1.4), over HTTP/2 they are part of it. */
export function takesTrailers(head: RequestHead): boolean {
  return head.version === "HTTP/2.0" || (head.version === "HTTP/1.1" && asksForTrailers(head));
}

/** The client has said that it looks at them. */
export function asksForTrailers({ fields }: RequestHead): boolean {
  return fields.some(
    ([name, value]) => name.toLowerCase() === "te" && listOf(value.toLowerCase()).includes("trailers"),
  );
}
