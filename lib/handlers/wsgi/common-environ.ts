/**
 * The pairs of an environ that the requests of a connection have in common as long as the client repeats its header block:
 * made once, and sent to each worker once.
 */

import type { RequestHead } from "../../http/exchange.ts";
import type { Settings } from "../../settings/settings.ts";

/** Puts the pairs into {@link Common.environ}. */
export function createCommonEnviron(settings: Settings): (head: RequestHead) => void {
  // PEP 3333: text in an environ is bytes, one latin-1 character each.
  const mountPoint = Buffer.from(settings.application.mountPoint).toString("latin1");
  const named = settings.site.serverName !== null;
  const fallbackName = settings.site.serverName ?? settings.listeners.hostLabel;

  return ({ common, peer, host, hostPort, version, fieldEnviron }) => {
    // What every worker has been told is the port for HTTP.
    const listener = peer.secure ? `\0mod_wsgi.listener_port\0${peer.localPort}` : "";
    const port = hostPort === "" ? defaultPort(named, peer.secure, peer.localPort) : hostPort;
    common.environ =
      `${peer.environ}\0SERVER_PROTOCOL\0${version}\0SERVER_NAME\0${host === "" ? fallbackName : host}` +
      `\0SERVER_PORT\0${port}${USUAL}\0SCRIPT_NAME\0${mountPoint}${listener}${fieldEnviron}`;
  };
}

/** What most requests say, said in advance. */
const USUAL = "\0REQUEST_METHOD\0GET\0QUERY_STRING\0\0mod_wsgi.path_info\0";

/** With a name of its own a site is believed to be reached on the scheme's port; else on the one it came in by. */
function defaultPort(named: boolean, secure: boolean, localPort: number): number {
  if (!named) return localPort;
  return secure ? 443 : 80;
}
