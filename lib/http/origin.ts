/** Under which URL the client sees this server: what a Location begins with. Pure. */

import type { Settings } from "../settings/settings.ts";
import type { RequestHead } from "./exchange.ts";

type Naming = Pick<Settings, "site" | "listeners">;

/** The host the request was made to; when it named none (HTTP/1.0), the one the site goes by. */
export function requestHost(head: RequestHead, { site, listeners }: Naming): string {
  return head.client.host || site.serverName || listeners.hostLabel;
}

/**
 * "http://host" or "https://host:port", without a path.
 * A request whose Host has no port was made to the standard port of its scheme if the site has a name, and else to the
 * port that was connected to. Behind a trusted proxy that port is none of the client's business.
 */
export function requestOrigin(head: RequestHead, naming: Naming): string {
  const { secure, port: told, forwarded } = head.client;
  const standardPort = secure ? "443" : "80";
  const isStandard = forwarded || naming.site.serverName !== null;
  const port = told || (isStandard ? standardPort : `${head.peer.localPort}`);
  const host = requestHost(head, naming);
  return `${secure ? "https" : "http"}://${host}${port === standardPort ? "" : `:${port}`}`;
}
