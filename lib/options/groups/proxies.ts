/** Proxies in front of the server, and servers it is a proxy for. */

import { checkSubnets } from "../checks/address.ts";
import { checkProxyHost, checkProxyMount } from "../checks/upstream.ts";
import { checkHeaderName } from "../checks/words.ts";
import { pair, repeatable, text } from "../builders.ts";
import { group } from "./group.ts";

export const proxies = group("Proxies", {
  "trust-proxy-header": repeatable(
    text("HEADER-NAME", {
      status: "planned",
      check: checkHeaderName,
      help: "A header of the proxy in front that tells the real client, scheme, host or path, such as X-Forwarded-For.",
    }),
  ),
  "trust-proxy": repeatable(
    text("IP-ADDRESS/SUBNET", {
      status: "planned",
      fallback: "every peer, once a header is trusted",
      check: checkSubnets,
      help: "An address or subnet that trusted headers are accepted from.",
    }),
  ),
  "proxy-mount-point": repeatable(
    pair(["URL-PATH", "URL"], {
      status: "built",
      alias: "proxy-url-alias",
      check: checkProxyMount,
      help: "Hand requests below a path of the site to another server: http://HOST:PORT/PATH, https:// with a certificate that the system trusts, or unix:SOCKET|http://HOST/PATH. The path without its closing slash is redirected to the one with it, unless URL-PATH ends with one. Comes before aliases, files and the application; of several that fit, the first one wins. WebSockets and other upgrades pass.",
    }),
  ),
  "proxy-virtual-host": repeatable(
    pair(["HOSTNAME", "URL"], {
      status: "built",
      check: checkProxyHost,
      help: "Hand all requests for a host name to another server, whose URL is written as for --proxy-mount-point.",
    }),
  ),
});
