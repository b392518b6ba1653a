/** --ssl-verify-client: paths that only clients with a certificate of the right authority see. */

import type { Exchange } from "../http/exchange.ts";
import { respondStatus } from "../http/respond.ts";
import type { ClientCertificates } from "../settings/settings.ts";
import type { Stage } from "./stage.ts";

/** @param complain writes to the error log, about a request. */
export function requireClientCertificate(
  { urlPaths }: ClientCertificates,
  complain: (exchange: Exchange, text: string) => void,
): Stage {
  // Paths from the wire are bytes, one latin-1 character each.
  const prefixes = urlPaths.map((urlPath) => Buffer.from(urlPath).toString("latin1"));
  const everything = prefixes.includes("/");
  const isProtected = (path: string) =>
    everything || prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

  return (exchange, next) => {
    const { path, peer } = exchange.head;
    // In the clear nobody can show a certificate.
    if (!isProtected(path) || peer.clientVerify === "SUCCESS") return next(exchange);
    const why = peer.secure ? peer.clientVerify : "not over HTTPS";
    complain(exchange, `a client certificate is needed (${why}): answered 403`);
    respondStatus(exchange, 403, "You can see this page only with a client certificate that the server trusts.");
  };
}
