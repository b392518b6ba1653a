/** The way of a request from the connection to whoever answers it, and what is noted when it has been answered. */

import { createStaticHandler } from "../handlers/static.ts";
import { createWsgiHandler } from "../handlers/wsgi/handler.ts";
import type { WorkerPool } from "../handlers/wsgi/pool.ts";
import type { Refusable } from "../http/connection.ts";
import { errorPage } from "../http/error-page.ts";
import type { Exchange, Peer } from "../http/exchange.ts";
import type { Refusal } from "../http/h1/syntax.ts";
import { respondRedirect, respondStatus } from "../http/respond.ts";
import { requireClientCertificate } from "../pipeline/client-certificates.ts";
import { createRouter } from "../pipeline/route.ts";
import { chain, type Stage } from "../pipeline/stage.ts";
import type { Settings } from "../settings/settings.ts";
import { accessRecord, refusedRecord } from "./access.ts";
import type { Journal } from "./journal.ts";

export interface Site {
  handle(exchange: Exchange): void;
  answered(exchange: Exchange, bodyBytes: number, whole: boolean): void;
  refused(by: Refusable, refusal: Refusal, text: string): void;
  faulted(peer: Peer, why: string): void;
  unread(peer: Peer): void;
}

export function createSite(settings: Settings, pool: WorkerPool, journal: Journal): Site {
  const route = createRouter(settings);
  const serveFile = createStaticHandler(settings);
  const complain = (exchange: Exchange, text: string): void =>
    journal.error("error", `${text}: ${exchange.head.method} ${exchange.head.target}`, clientOf(exchange.head.peer));
  const callApplication = createWsgiHandler(settings, pool, complain);

  const clients = settings.tls?.clients ?? null;
  const stages: readonly Stage[] = clients === null ? [] : [requireClientCertificate(clients, complain)];

  function answer(exchange: Exchange): void {
    const decision = route(exchange.head);
    switch (decision.kind) {
      case "application":
        callApplication(exchange, decision);
        break;
      case "file":
        serveFile(exchange, decision);
        break;
      case "redirect":
        respondRedirect(exchange, decision.status, decision.location);
        break;
      case "listing":
        // Listings come with --directory-listing; until then a directory has nothing to show.
        respondStatus(exchange, 404);
        break;
      case "status":
        respondStatus(exchange, decision.status, undefined, decision.fields);
        break;
    }
  }

  return {
    handle: chain(stages, answer),
    answered(exchange, bodyBytes, whole) {
      journal.access?.(accessRecord(settings, exchange, bodyBytes, whole));
    },
    unread(peer) {
      journal.error("info", UNREAD, clientOf(peer));
    },
    faulted(peer, why) {
      journal.error("info", `the client broke the protocol: ${why}`, clientOf(peer));
    },
    refused(by, { status, why, told }, text) {
      const page = Buffer.from(errorPage(status, told));
      journal.error("info", `request refused with ${status}: ${why}`, clientOf(by.peer));
      journal.access?.(refusedRecord(by.peer, status, page.length, text));
      by.refuse(status, page);
    },
  };
}

const UNREAD = "the client took nothing of its response for longer than --response-socket-timeout and was dropped";

/** As the error log names a client. */
export function clientOf(peer: Peer): string {
  return `${peer.remoteAddress}:${peer.remotePort}`;
}
