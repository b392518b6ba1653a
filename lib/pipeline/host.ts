/** The stage that serves the hosts of the site only, moves clients to its name and to HTTPS, and keeps them there (HSTS). */

import type { Client, Exchange, HeadFilter, RequestHead } from "../http/exchange.ts";
import { requestHost } from "../http/origin.ts";
import { encodePath, encodeQuery } from "../http/path.ts";
import { respondRedirect, respondStatus } from "../http/respond.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Settings } from "../settings/settings.ts";
import { hostJudge } from "./host-names.ts";
import type { Stage } from "./stage.ts";

type Naming = Pick<Settings, "site" | "listeners" | "proxies">;

/** @param complain writes to the error log, about a request. @returns null when every host is served by every scheme. */
export function hostStage(naming: Naming, complain: (exchange: Exchange, text: string) => void): Stage | null {
  const { serverName, httpsOnly, hstsPolicy } = naming.site;
  if (serverName === null && !httpsOnly) return null;
  const proxied: ReadonlySet<string> = new Set(naming.proxies.hosts.map(({ name }) => name));
  const judge =
    serverName === null
      ? ({ host }: Client) => (proxied.has(host) ? "proxied" : "site")
      : hostJudge(serverName, naming.site, proxied);
  const addPolicy = hstsPolicy === null ? null : policyFilter(hstsPolicy);

  return (exchange, next) => {
    const { client } = exchange.head;
    const host = judge(client);
    if (host === "local" || host === "proxied") {
      next(exchange);
    } else if (host === "other") {
      complain(exchange, `client denied by server configuration: ${nameOf(client.host)} is no name of this site`);
      respondStatus(exchange, 403, "This site is not served under this name.");
    } else if (httpsOnly && !client.secure) {
      respondRedirect(exchange, 302, secureOrigin(exchange.head, naming) + resourceOf(exchange.head));
    } else if (host === "parent") {
      respondRedirect(exchange, 301, siteOrigin(exchange.head, naming) + resourceOf(exchange.head));
    } else {
      // RFC 6797 §7.2: never over plain HTTP, where anybody could have put it.
      if (addPolicy !== null && client.secure) addFilter(exchange, addPolicy);
      useSiteName(exchange, judge);
      next(exchange);
    }
  };
}

/**
 * The host that a trusted proxy tells was found to be one of the site's; the Host of the proxy's own request wasn't looked
 * at, and becomes SERVER_NAME only if it is one, too.
 */
function useSiteName(exchange: Exchange, judge: ReturnType<typeof hostJudge>): void {
  const { head } = exchange;
  const { client } = head;
  if (head.host === client.host || judge({ ...client, host: head.host }) === "site") return;
  exchange.head = { ...head, host: client.host, hostPort: client.port };
}

/** Under which URL the site is reached over HTTPS. */
function secureOrigin(head: RequestHead, naming: Naming): string {
  const { httpsPort } = naming.listeners;
  // The port of a proxy's HTTPS is the standard one: where it speaks it, only itself knows.
  const port = head.client.forwarded || httpsPort === null ? "" : `:${httpsPort}`;
  return `https://${naming.site.serverName ?? requestHost(head, naming)}${port}`;
}

/** The same URL by the site's own name. The port is always written, as the original does, but for clients of a proxy. */
function siteOrigin(head: RequestHead, { site, listeners }: Omit<Naming, "proxies">): string {
  const { client, peer } = head;
  const scheme = client.secure ? "https" : "http";
  let port = `:${peer.localPort}`;
  if (client.forwarded) port = client.port === (client.secure ? "443" : "80") || !client.port ? "" : `:${client.port}`;
  return `${scheme}://${site.serverName ?? requestHost(head, { site, listeners })}${port}`;
}

function resourceOf({ path, query }: RequestHead): string {
  const text = path === "*" ? "/" : encodePath(path);
  return query === "" ? text : `${text}?${encodeQuery(query)}`;
}

function nameOf(host: string): string {
  return host === "" ? "a request without a host" : `the host ${host}`;
}

function addFilter(exchange: Exchange, filter: HeadFilter): void {
  const before = exchange.headFilter;
  exchange.headFilter = before === null ? filter : (response) => filter(before(response));
}

/** Sets the field as Apache's "Header set" does: what the application says of it gives way. */
function policyFilter(policy: string): HeadFilter {
  const line = `Strict-Transport-Security: ${policy}\r\n`;
  const prepared = new WeakMap<ResponseHead, ResponseHead>();
  return (response) => {
    const known = prepared.get(response);
    if (known !== undefined) return known;
    const fields = response.fields.filter(([name]) => name.toLowerCase() !== "strict-transport-security");
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("") + line;
    const made = { ...response, fields: [...fields, ["Strict-Transport-Security", policy] as const], lines };
    // Heads of applications are kept and come again.
    prepared.set(response, made);
    return made;
  };
}
