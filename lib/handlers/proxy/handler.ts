/** Hands requests to other servers: those of proxied paths and hosts, and whatever URL a rule names. */

import type { Exchange } from "../../http/exchange.ts";
import { requestOrigin, requestPort } from "../../http/origin.ts";
import { respondStatus } from "../../http/respond.ts";
import type { Settings } from "../../settings/settings.ts";
import { originOf, parseUpstream } from "../../settings/upstream.ts";
import { ProxyCall, type ProxyKeeper } from "./call.ts";
import { createConnect } from "./connect.ts";
import type { Destination } from "./forwarding.ts";
import { UpstreamPool } from "./pool.ts";

export interface ProxyHandler {
  proxy(exchange: Exchange, destination: Destination): void;
  /** To a URL that a rule of the site made of the request: its path and query are asked for as they are. */
  proxyTo(exchange: Exchange, url: string): void;
  /** What isn't answered yet won't be. */
  giveUp(): void;
}

export interface ProxyLog {
  /** Writes to the error log, about a request. */
  complain(exchange: Exchange, text: string): void;
  /** The same at level info. */
  mention(exchange: Exchange, text: string): void;
  bug(error: Error): void;
}

export function createProxyHandler(settings: Settings, log: ProxyLog): ProxyHandler {
  const calls = new Set<ProxyCall>();
  const keeper: ProxyKeeper = {
    pool: new UpstreamPool(createConnect(log.bug)),
    fail({ exchange, destination }, status, why) {
      log.complain(exchange, `proxying to ${originOf(destination.upstream)}: ${why}: answered ${status}`);
      respondStatus(exchange, status, PAGES[status]);
    },
    cut({ exchange, destination }, why) {
      log.complain(
        exchange,
        `proxying to ${originOf(destination.upstream)}: ${why}: the response was cut and the connection reset`,
      );
    },
    closed({ exchange, destination }, why) {
      log.mention(exchange, `the connection to ${originOf(destination.upstream)} was closed: ${why}`);
    },
    over: (call) => calls.delete(call),
  };
  const serverName = settings.site.serverName ?? settings.listeners.hostLabel;

  function proxy(exchange: Exchange, destination: Destination): void {
    const call = new ProxyCall(exchange, destination, keeper);
    calls.add(call);
    call.start();
  }

  return {
    proxy,
    giveUp() {
      for (const call of calls) call.stop("the server stops, and --shutdown-timeout is over");
    },
    proxyTo(exchange, url) {
      const { head } = exchange;
      const upstream = parseUpstream(url);
      if (upstream === null) {
        log.complain(
          exchange,
          `a rule hands the request to ${JSON.stringify(url)}, which is no URL of a server: answered 500`,
        );
        respondStatus(exchange, 500);
        return;
      }
      const target = `${upstream.path}${upstream.query === "" ? "" : `?${upstream.query}`}`;
      const origin = requestOrigin(head, settings);
      proxy(exchange, { upstream, target, mountPath: null, origin, serverName, port: requestPort(head, settings) });
    },
  };
}

/** What the client is told: nothing about which server it was. */
const PAGES: Readonly<Record<number, string>> = {
  502: "The server that this page comes from did not give a usable answer.",
  503: "The server that this page comes from cannot be reached at the moment.",
  504: "The server that this page comes from did not answer in time.",
};
