/** Under which URL the client sees this server: what a Location begins with. Pure. */

import type { Listeners, Settings } from "../settings/settings.ts";
import type { RequestHead } from "./exchange.ts";

type Naming = Pick<Settings, "site"> & { readonly listeners: Pick<Listeners, "hostLabel"> };

/** The host the request was made to; when it named none (HTTP/1.0), the one the site goes by. */
export function requestHost(head: RequestHead, { site, listeners }: Naming): string {
  return head.host || site.serverName || listeners.hostLabel;
}

/**
 * "http://host" or "https://host:port", without a path.
 * A request whose Host has no port was made to the standard port of its scheme if the site has a name, and else to the
 * port that was connected to.
 */
export function requestOrigin(head: RequestHead, naming: Naming): string {
  const { secure, localPort } = head.peer;
  const standardPort = secure ? "443" : "80";
  const port = head.hostPort || (naming.site.serverName === null ? `${localPort}` : standardPort);
  const host = requestHost(head, naming);
  return `${secure ? "https" : "http"}://${host}${port === standardPort ? "" : `:${port}`}`;
}
