/** The alphabet and the limits of HTTP/1 messages. */

/** RFC 9110 §5.6.2: method names and field names. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What must not stand in a field value (RFC 9110 §5.5): every control character but HTAB, bare CR and LF among them. */
export const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Nor in a request target: there HTAB is no better, since some servers take it for the space that ends the target. */
export const TARGET_CONTROL = /[\0-\x1f\x7f]/;

/** Apache's LimitRequestLine and LimitRequestFieldSize, which applications were written against. */
export const MAX_LINE_BYTES = 8190;

/** Apache's LimitRequestFields. */
export const MAX_FIELDS = 100;

/** More than any of the above allows in practice, less than what hurts: the whole head. */
export const MAX_HEAD_BYTES = 256 * 1024;

/** Why a message was refused: what the client is told, and what the log says. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
  /** A sentence for the client in place of the usual one of the page. */
  readonly told?: string;
}

export const LONG_LINE: Refusal = { status: 414, why: "the request line is longer than 8190 bytes" };

export function isRefusal<Value extends object>(value: Value): value is Extract<Value, Refusal> {
  return "why" in value;
}
