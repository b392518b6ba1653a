/** The directives of mod_proxy that say what --proxy-mount-point says. */

import { parseUpstream } from "../../settings/upstream.ts";
import { mountPointOf } from "../../settings/urls.ts";
import { define, isOn, type Module } from "./definition.ts";

export const proxyModule: Module = {
  name: "mod_proxy",
  directives: [
    define({
      name: "ProxyPass",
      words: [2, 2],
      where: "server",
      override: null,
      shortfall:
        "as --proxy-mount-point, and behind those of the options: a path and the URL of a server, without parameters; the path itself is redirected to the one with a slash",
      apply([urlPath = "", url = ""], { server }) {
        const upstream = parseUpstream(url);
        if (!urlPath.startsWith("/")) throw new Error(`${urlPath} is no URL path: it must begin with "/"`);
        if (upstream === null || upstream.query !== "") throw new Error(`${url} is no URL of a server`);
        // Settings are Unicode, directives are bytes.
        const path = Buffer.from(urlPath, "latin1").toString();
        const mount = { urlPath: mountPointOf(path), coversItself: !path.endsWith("/"), upstream };
        server.changes.push((settings) => ({
          ...settings,
          proxies: { ...settings.proxies, mounts: [...settings.proxies.mounts, mount] },
        }));
      },
    }),
    define({
      name: "ProxyPassReverse",
      words: [1, 2],
      override: null,
      shortfall: "accepted; the URLs of the other server in Location and its kin are always those of this site",
      apply: () => undefined,
    }),
    define({
      name: "ProxyRequests",
      words: [1, 1],
      where: "server",
      override: null,
      shortfall: "`Off`, as it is anyway",
      apply([word]) {
        if (isOn(word)) throw new Error("this server is no forward proxy");
      },
    }),
    define({
      name: "ProxyPreserveHost",
      words: [1, 1],
      override: null,
      shortfall: "`Off`, as it is anyway",
      apply([word]) {
        if (isOn(word))
          throw new Error("another server is asked by its own name; X-Forwarded-Host has that of this one");
      },
    }),
  ],
  refused: (
    "<Proxy> <ProxyMatch> BalancerMember NoProxy ProxyAddHeaders ProxyBadHeader ProxyBlock ProxyDomain ProxyErrorOverride " +
    "ProxyIOBufferSize ProxyMaxForwards ProxyPassInherit ProxyPassInterpolateEnv ProxyPassMatch ProxyPassReverseCookieDomain " +
    "ProxyPassReverseCookiePath ProxyReceiveBufferSize ProxyRemote ProxyRemoteMatch ProxySet ProxySourceAddress ProxyStatus " +
    "ProxyTimeout ProxyVia"
  ).split(" "),
};
