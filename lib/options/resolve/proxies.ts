/** Which requests are handed to other servers. Pure. */

import type { Proxies } from "../../settings/settings.ts";
import { parseUpstream } from "../../settings/upstream.ts";
import { mountPointOf } from "../../settings/urls.ts";
import type { Values } from "../table.ts";

/** In the order given, which is the order in which they are tried. The options' checks have seen every URL. */
export function proxiesOf(values: Values): Proxies {
  return {
    mounts: values["proxy-mount-point"].map(([urlPath, url]) => ({
      urlPath: mountPointOf(urlPath),
      coversItself: !urlPath.endsWith("/"),
      upstream: parseUpstream(url)!,
    })),
    hosts: values["proxy-virtual-host"].map(([name, url]) => ({
      name: name.toLowerCase().replace(/\.$/, ""),
      upstream: parseUpstream(url)!,
    })),
  };
}
