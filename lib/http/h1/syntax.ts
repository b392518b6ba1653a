/** The alphabet and the limits of HTTP/1 messages. */

/** RFC 9110 §5.6.2: method names and field names. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Everything but HTAB that must not stand in a field value or a request line; bare CR and LF among them. */
export const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** RFC 9112 §3.2: what may stand in Host. User information and paths are refused: they differ between servers. */
export const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?$/;

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

export function isRefusal<Value extends object>(value: Value): value is Extract<Value, Refusal> {
  return "why" in value;
}
