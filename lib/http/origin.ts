/** Under which URL the client sees this server: what a Location begins with. Pure. */

import type { Listeners, Settings } from "../settings/settings.ts";
import type { RequestHead } from "./exchange.ts";

type Naming = Pick<Settings, "site"> & { readonly listeners: Pick<Listeners, "hostLabel"> };

/** The host the request was made to; when it named none (HTTP/1.0), the one the site goes by. */
export function requestHost(head: RequestHead, { site, listeners }: Naming): string {
  return head.client.host || site.serverName || listeners.hostLabel;
}

/**
 * The port the request was made to. When its Host has none, that is the standard port of its scheme if the site has a
 * name, and else the one that was connected to. Behind a trusted proxy that port is none of the client's business.
 */
export function requestPort(head: RequestHead, { site }: Pick<Naming, "site">): string {
  const { secure, port, forwarded } = head.client;
  if (port !== "") return port;
  if (!forwarded && site.serverName === null) return `${head.peer.localPort}`;
  return secure ? "443" : "80";
}

/** "http://host" or "https://host:port", without a path. */
export function requestOrigin(head: RequestHead, naming: Naming): string {
  const { secure } = head.client;
  const standardPort = secure ? "443" : "80";
  const port = requestPort(head, naming);
  const host = requestHost(head, naming);
  return `${secure ? "https" : "http"}://${host}${port === standardPort ? "" : `:${port}`}`;
}
