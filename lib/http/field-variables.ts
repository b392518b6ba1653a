/** The CGI variables that the fields of a request become, whichever protocol brought them (RFC 3875 §4.1.18). Pure. */

import { TOKEN } from "./syntax.ts";

/** How one field name is treated. */
export interface NameRule {
  readonly lower: string;
  /** CGI variable; "" when the application must not see the field. */
  readonly key: string;
}

/** Names repeat endlessly; the cache is bounded because clients choose them. */
const nameRules = new Map<string, NameRule>();
const MAX_NAME_RULES = 2048;

/**
 * Only letters, digits and "-" make a variable: "_" would let `X_Forwarded_For` pose as `X-Forwarded-For`. `Proxy`
 * would set the proxy of the application's own HTTP clients (httpoxy); Proxy-Authorization is addressed to us.
 */
const VISIBLE = /^[A-Za-z0-9-]+$/;
const HIDDEN = new Set(["proxy", "proxy-authorization"]);

/** null when the name is no token. */
export function nameRule(name: string): NameRule | null {
  const known = nameRules.get(name);
  if (known !== undefined) return known;
  if (!TOKEN.test(name)) return null;
  const lower = name.toLowerCase();
  let key = "";
  if (lower === "content-type") key = "CONTENT_TYPE";
  else if (lower === "content-length") key = "CONTENT_LENGTH";
  else if (VISIBLE.test(name) && !HIDDEN.has(lower)) key = `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
  const rule = { lower, key };
  if (nameRules.size >= MAX_NAME_RULES) nameRules.clear();
  nameRules.set(name, rule);
  return rule;
}

/** The CGI variable of a field; "" when the application must not see it. */
export function variableOfField(name: string): string {
  return nameRule(name)?.key ?? "";
}

/** The variables of one request. */
export class FieldVariables {
  #keys: string[] = [];
  #values: string[] = [];

  /** RFC 9110 §5.3: repeated fields are one list. Cookie is the one that has its own separator (RFC 6265 §5.4). */
  add({ key }: NameRule, value: string): void {
    if (key === "") return;
    const at = this.#keys.indexOf(key);
    if (at < 0) {
      this.#keys.push(key);
      this.#values.push(value);
    } else {
      this.#values[at] += (key === "HTTP_COOKIE" ? "; " : ", ") + value;
    }
  }

  /** NUL-separated pairs, each with a leading NUL. */
  get text(): string {
    let text = "";
    for (let i = 0; i < this.#keys.length; i++) text += `\0${this.#keys[i]}\0${this.#values[i]}`;
    return text;
  }
}
