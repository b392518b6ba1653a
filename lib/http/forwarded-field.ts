/** The Forwarded field (RFC 7239). Pure. */

/** What one proxy says of its client. */
export interface ForwardedElement {
  /** As it was sent. */
  readonly text: string;
  /** By lower-case name, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
}

// RFC 7239 §4: a token, and a token or quoted string.
const PAIR = /[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)")[ \t]*/y;
const BLANKS = /[ \t]*/y;

/** No chain of proxies is longer; a client that sends nothing but commas must not keep us busy. */
const MAX_ATTEMPTS = 32;

/**
 * The elements in order, empty ones left out.
 *
 * Where the field is malformed, the longest part of its end that isn't: proxies add to the end of what clients have sent,
 * and a client must not be able to hide what the proxy says of it behind a quote that never ends.
 */
export function parseForwarded(value: string): readonly ForwardedElement[] {
  const whole = parse(value);
  if (whole !== null) return whole;
  const starts = [...value.matchAll(/,/g)].map(({ index }) => index + 1);
  for (const start of starts.slice(-MAX_ATTEMPTS)) {
    const end = parse(value.slice(start));
    if (end !== null) return end;
  }
  return [];
}

/** @returns null when the text is malformed. */
function parse(value: string): readonly ForwardedElement[] | null {
  const elements: ForwardedElement[] = [];
  let parameters = new Map<string, string>();
  let start = 0;
  for (let at = 0; ;) {
    PAIR.lastIndex = at;
    const pair = PAIR.exec(value);
    if (pair !== null) {
      const name = (pair[1] as string).toLowerCase();
      if (parameters.has(name)) return null;
      parameters.set(name, pair[2] ?? (pair[3] as string).replace(/\\(.)/g, "$1"));
      at = PAIR.lastIndex;
    } else {
      BLANKS.lastIndex = at;
      BLANKS.exec(value);
      at = BLANKS.lastIndex;
    }
    const separator = value[at];
    if (separator === ";") {
      at++;
      continue;
    }
    if (separator !== "," && separator !== undefined) return null;
    if (parameters.size > 0) elements.push({ text: value.slice(start, at).trim(), parameters });
    if (separator === undefined) return elements;
    parameters = new Map();
    at++;
    start = at;
  }
}
