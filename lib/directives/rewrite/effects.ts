/** What rules do besides rewriting: the flags E and CO. */

import { formatHttpDate } from "../../http/dates.ts";
import type { Request } from "../request.ts";

/** `NAME`, `NAME:VALUE`, or `!NAME` to remove it. */
export function setVariable(text: string, { env }: Request): void {
  if (text.startsWith("!")) {
    env.delete(text.slice(1));
    return;
  }
  const colon = text.indexOf(":");
  if (colon < 0) env.set(text, "");
  else env.set(text.slice(0, colon), text.slice(colon + 1));
}

/** `NAME:VALUE:DOMAIN[:MINUTES[:PATH[:SECURE[:HTTPONLY[:SAMESITE]]]]]`; with ";" in front, separated by that. */
export function forceCookie(text: string, request: Request): void {
  const separator = text.startsWith(";") ? ";" : ":";
  const parts = (separator === ";" ? text.slice(1) : text).split(separator);
  const [name, value, domain, minutes, path, secure, httpOnly, sameSite] = parts;
  if (name === undefined || value === undefined || domain === undefined || /[\r\n\0]/.test(text)) return;
  let cookie = `${name}=${value}; path=${path || "/"}; domain=${domain}`;
  const lifetime = Number.parseInt(minutes ?? "", 10) || 0;
  if (lifetime !== 0) {
    const expires = formatHttpDate(request.head.startedUs / 1000 + lifetime * 60_000);
    // The form of the date that cookies had at first, which mod_rewrite keeps.
    cookie += `; expires=${expires.replace(/^(\w+, \d\d) (\w+) (\d+)/, "$1-$2-$3")}`;
  }
  if (isSaid(secure, "secure")) cookie += "; secure";
  if (isSaid(httpOnly, "httponly")) cookie += "; HttpOnly";
  if (sameSite !== undefined && sameSite !== "" && sameSite !== "0") cookie += `; SameSite=${sameSite}`;
  request.cookies.push(cookie);
}

function isSaid(word: string | undefined, name: string): boolean {
  const lower = word?.toLowerCase();
  return lower === "true" || lower === "1" || lower === name;
}
