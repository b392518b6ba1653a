/** Which hosts are the site's. Pure: names in, a word out. */

import type { Site } from "../settings/settings.ts";
import { addressSet } from "../settings/subnets.ts";
import type { Client } from "../http/exchange.ts";

export type Host =
  /** --server-name or one of its aliases. */
  | "site"
  /** What follows "www." of --server-name: it is sent there. */
  | "parent"
  /** --proxy-virtual-host hands it to another server. */
  | "proxied"
  /** --allow-localhost lets it in by whatever name. */
  | "local"
  | "other";

/** RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3. */
const LOOPBACK = ["127.0.0.0/8", "::1"];

/**
 * @param serverName the site's name, which not every site has.
 * @param proxied names that are other servers', lower case.
 */
export function hostJudge(serverName: string, site: Site, proxied: ReadonlySet<string>): (client: Client) => Host {
  const name = spelling(serverName);
  const parent = name.startsWith("www.") ? name.slice(4) : null;
  const aliases = site.serverAliases.flatMap((words) => words.split(/\s+/)).filter((word) => word !== "");
  const patterns = aliases.map(spelling);
  const names = new Set([name, ...patterns.filter((pattern) => !isPattern(pattern))]);
  const wild = patterns.filter(isPattern);
  const isLoopback = addressSet(LOOPBACK);
  return ({ host, address }) => {
    if (names.has(host)) return "site";
    if (proxied.has(host)) return "proxied";
    // One who named no host is not at any name, not even at "*".
    if (host !== "" && wild.some((pattern) => matches(pattern, host))) return "site";
    if (host === parent) return "parent";
    return site.allowLocalhost && (host === "localhost" || isLoopback(address)) ? "local" : "other";
  };
}

/** As hosts of requests are compared: names are case-insensitive and may end with a dot (RFC 4343, RFC 1034 §3.1). */
function spelling(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

/**
 * Whether "*" for any characters and "?" for one make `pattern` the text. Not by a regular expression, which a long host
 * would keep busy: only the last "*" ever needs another try.
 */
function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starAt = 0;
  for (let i = 0; i < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      starAt = i;
    } else if (pattern[at] === "?" || pattern[at] === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starAt;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}
