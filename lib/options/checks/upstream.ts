/** Whether the options that hand requests to another server say what and where. Pure. */

import { parseUpstream } from "../../settings/upstream.ts";
import { pythonRepr } from "../repr.ts";
import { checkUrlPath } from "./words.ts";

export function checkProxyMount([urlPath, url]: readonly [string, string]): string | null {
  return checkUrlPath(urlPath) ?? checkUpstream(url);
}

export function checkProxyHost([name, url]: readonly [string, string]): string | null {
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])$/i.test(name)) {
    return `${pythonRepr(name)} is no host name; give the name clients ask for, without a scheme or a port`;
  }
  return checkUpstream(url);
}

function checkUpstream(url: string): string | null {
  const upstream = parseUpstream(url);
  if (upstream === null) {
    return `${pythonRepr(url)} is not the URL of a server; write it like http://127.0.0.1:8001/path, https://… or unix:/path/of/socket|http://localhost/path`;
  }
  return upstream.query === "" ? null : `${pythonRepr(url)} has a query; those of the requests are passed on`;
}
