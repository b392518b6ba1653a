/** Proxies in front of the server, and servers it is a proxy for. */

import { checkSubnets } from "../checks/address.ts";
import { checkProxyHost, checkProxyMount } from "../checks/upstream.ts";
import { checkHeaderName } from "../checks/words.ts";
import { pair, repeatable, text } from "../builders.ts";
import { group } from "./group.ts";

export const proxies = group("Proxies", {
  "trust-proxy-header": repeatable(
    text("HEADER-NAME", {
      status: "built",
      check: checkHeaderName,
      help: "A header of the proxy in front that tells the real client, scheme, host or path: X-Forwarded-For, X-Client-IP or X-Real-IP; X-Forwarded-Proto, -Scheme, -HTTPS or -SSL, X-Scheme or X-HTTPS; X-Forwarded-Host or X-Host; X-Forwarded-Port; X-Forwarded-Server; X-Forwarded-Script-Name or X-Script-Name; or Forwarded (RFC 7239). Other headers that say the same are then kept from the application.",
    }),
  ),
  "trust-proxy": repeatable(
    text("IP-ADDRESS/SUBNET", {
      status: "built",
      fallback: "every peer, once a header is trusted",
      check: checkSubnets,
      help: "An address or subnet that trusted headers are accepted from; several may stand in one value, separated by blanks. unix: stands for all who come by a socket in the file system.",
    }),
  ),
  "proxy-protocol": repeatable(
    text("IP-ADDRESS/SUBNET", {
      status: "built",
      check: checkSubnets,
      help: "An address or subnet of load balancers that begin each connection with a PROXY header (version 1 or 2), which tells the address of the client. Theirs have to, all others must not.",
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
