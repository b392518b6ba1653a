/** Decides which requests are for another server: by their host name, or by what their path begins with. Pure. */

import type { RequestHead } from "../http/exchange.ts";
import { requestOrigin, requestPort } from "../http/origin.ts";
import { encodePath, encodeQuery } from "../http/path.ts";
import type { ProxyHost, ProxyMount, Settings } from "../settings/settings.ts";
import type { Upstream } from "../settings/upstream.ts";
import type { Decision, ProxyDecision, RedirectDecision, StatusDecision } from "./route-decision.ts";

export type ProxyRouter = (head: RequestHead) => Decision | undefined;

/** null for a site that hands nothing on. */
export function createProxyRouter(settings: Settings): ProxyRouter | null {
  const hosts = new Map(settings.proxies.hosts.toReversed().map((host) => [host.name, prepareHost(host, settings)]));
  const mounts = settings.proxies.mounts.map((mount) => prepareMount(mount, settings));
  if (hosts.size + mounts.length === 0) return null;

  return (head) => {
    const { method, path } = head;
    // TRACE and the asterisk are about this server.
    if (method === "TRACE" || path === "*") return undefined;
    const found = hosts.get(head.client.host)?.(head) ?? fromMounts(head);
    // The connection that would follow is none that could be watched over.
    return found !== undefined && method === "CONNECT" ? NO_CONNECT : found;
  };

  function fromMounts(head: RequestHead): Decision | undefined {
    for (const mount of mounts) {
      const found = mount(head);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function prepareHost({ name, upstream }: ProxyHost, settings: Settings): (head: RequestHead) => ProxyDecision {
  const naming = { site: { ...settings.site, serverName: name }, listeners: settings.listeners };
  return (head) => ({
    kind: "proxy",
    upstream,
    target: targetAt(upstream, head.path, head.query),
    mountPath: "",
    origin: requestOrigin(head, naming),
    serverName: name,
    port: `${head.peer.localPort}`,
  });
}

function prepareMount({ urlPath, coversItself, upstream }: ProxyMount, settings: Settings): ProxyRouter {
  // Settings are Unicode, requests are bytes.
  const prefix = Buffer.from(urlPath).toString("latin1");
  const mountPath = encodePath(prefix);
  const serverName = settings.site.serverName ?? settings.listeners.hostLabel;
  return (head) => {
    const { path, query } = head;
    if (!path.startsWith(prefix)) return undefined;
    if (path.length === prefix.length) return coversItself ? redirectToSlash(head, settings) : undefined;
    if (path.charCodeAt(prefix.length) !== 0x2f) return undefined;
    return {
      kind: "proxy",
      upstream,
      target: targetAt(upstream, path.slice(prefix.length), query),
      mountPath,
      origin: requestOrigin(head, settings),
      serverName,
      port: requestPort(head, settings),
    };
  };
}

/** One slash where the upstream's path and the rest meet, however the two options were written. */
function targetAt(upstream: Upstream, rest: string, query: string): string {
  return `${upstream.path.replace(/\/+$/, "")}${encodePath(rest)}${query === "" ? "" : `?${query}`}`;
}

function redirectToSlash(head: RequestHead, settings: Settings): RedirectDecision {
  const query = head.query === "" ? "" : `?${encodeQuery(head.query)}`;
  const location = `${requestOrigin(head, settings)}${encodePath(head.path)}/${query}`;
  return { kind: "redirect", status: 302, location };
}

const NO_CONNECT: StatusDecision = { kind: "status", status: 405, why: "CONNECT is not handed on" };
