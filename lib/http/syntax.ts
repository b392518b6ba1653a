/** The alphabet and the limits of HTTP messages. */

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

/** RFC 9110 §8.6: decimal, whatever zeros it begins with. 15 digits can be counted exactly. */
export const LENGTH = /^0*[0-9]{1,15}$/;

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

/** The elements of a list (RFC 9110 §5.6.1): empty ones don't count. */
export function listOf(text: string): readonly string[] {
  return text === "" ? NONE : text.split(",").map(trimmed).filter(isSomething);
}

const NONE: readonly string[] = [];
const trimmed = (text: string): string => trim(text, 0, text.length);
const isSomething = (text: string): boolean => text !== "";

/** RFC 9112 §5: optional white space is SP and HTAB only. */
export function trim(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
