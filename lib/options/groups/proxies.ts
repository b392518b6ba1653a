/** Proxies in front of the server, and servers it is a proxy for. */

import { checkSubnets } from "../checks/address.ts";
import { checkHeaderName, checkUrlPathOfPair } from "../checks/words.ts";
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
      status: "planned",
      alias: "proxy-url-alias",
      check: checkUrlPathOfPair,
      help: "Forward requests below a path of the site to another server.",
    }),
  ),
  "proxy-virtual-host": repeatable(
    pair(["HOSTNAME", "URL"], {
      status: "planned",
      help: "Forward all requests for a host name to another server.",
    }),
  ),
});
