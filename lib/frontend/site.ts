/** The way of a request from the connection to whoever answers it, and what is noted when it has been answered. */

import type { PoolName } from "../control/frontend.ts";
import { createCgiHandler } from "../handlers/cgi/handler.ts";
import { UNNOTED, type Pages } from "../handlers/monitoring/pages.ts";
import { createProxyHandler } from "../handlers/proxy/handler.ts";
import { serveDocs } from "../handlers/docs/handler.ts";
import { createListingHandler } from "../handlers/listing.ts";
import { createStaticHandler } from "../handlers/static.ts";
import { createInquirer } from "../handlers/wsgi/inquiry.ts";
import { createWsgiHandler } from "../handlers/wsgi/handler.ts";
import type { WorkerPool } from "../handlers/wsgi/pool.ts";
import type { Refusable } from "../http/connection.ts";
import type { Exchange, HeadFilter, Peer, RequestHead } from "../http/exchange.ts";
import type { Refusal } from "../http/syntax.ts";
import { respondRedirect, respondStatus } from "../http/respond.ts";
import { responseHead } from "../http/response-head.ts";
import { originOf } from "../http/wrapped-exchange.ts";
import type { Traffic } from "../metrics/traffic.ts";
import { quickNowUs } from "../os/clock.ts";
import { compressStage } from "../pipeline/compress.ts";
import { accessStage } from "../pipeline/access.ts";
import { requireClientCertificate } from "../pipeline/client-certificates.ts";
import { createDirectives } from "../pipeline/directives.ts";
import { hostStage } from "../pipeline/host.ts";
import { errorDocumentStage } from "../pipeline/error-documents.ts";
import { goInside } from "../pipeline/inside.ts";
import { probeStage, statusStage } from "../pipeline/monitoring.ts";
import { refusalPages } from "../pipeline/refusal-pages.ts";
import { createRouter } from "../pipeline/route.ts";
import type { Decision } from "../pipeline/route-decision.ts";
import { chain, joined, type Handle, type Stage } from "../pipeline/stage.ts";
import { trustedProxyStage } from "../pipeline/trusted-proxy.ts";
import type { Settings } from "../settings/settings.ts";
import { AnsweredRecord, refusedRecord, type Destination, type LoggedSite } from "./access.ts";
import { shareOf } from "./crowd.ts";
import type { Journal } from "./journal.ts";

export interface Site {
  handle(exchange: Exchange): void;
  answered(exchange: Exchange, bodyBytes: number, whole: boolean): void;
  refused(by: Refusable, refusal: Refusal, text: string): void;
  faulted(peer: Peer, why: string): void;
  silent(peer: Peer): void;
  unread(peer: Peer): void;
  /** There is no more time for what other servers have to answer. */
  giveUp(): void;
}

/** What a site needs besides its settings. */
export interface SiteParts {
  readonly pools: Readonly<Record<PoolName, WorkerPool>>;
  /** Signs what clients bring back, see `configure` of a front end. */
  readonly secret: string;
  readonly journal: Journal;
  readonly traffic: Traffic;
  /** About the server itself. */
  readonly pages: Pages;
  /** How many files may stay open so that the kernel can send them. */
  readonly keptFiles: number;
  /** For the access log. */
  readonly logged: LoggedSite;
}

export function createSite(settings: Settings, parts: SiteParts): Site {
  const { journal, keptFiles, logged, pages, pools, secret, traffic } = parts;
  const route = createRouter(settings);
  const serveFile = createStaticHandler(settings, keptFiles);
  const listDirectory = createListingHandler();
  const report = (exchange: Exchange, text: string): void =>
    journal.error("error", text, clientOf(exchange.head), exchange);
  const complain = (exchange: Exchange, text: string): void => report(exchange, wordsOf(exchange, text));
  const bug = (error: Error): void =>
    journal.error("crit", `a bug in the front end cost a connection: ${error.stack ?? error.message}`);
  const proxies = createProxyHandler(settings, {
    complain,
    mention: (exchange, text) => journal.error("info", wordsOf(exchange, text), clientOf(exchange.head), exchange),
    bug,
  });
  /** What had been made of heads before directives had their say, which they have anew when a request begins anew. */
  const filters = new WeakMap<Exchange, HeadFilter | null>();
  const redirect = (exchange: Exchange, target: string): void => {
    const filter = filters.get(exchange);
    goInside(exchange, target, filter === undefined ? exchange.headFilter : filter, beginAnew, complain);
  };
  const callApplication = createWsgiHandler(settings, pools.application, complain, redirect);
  const scripts = !settings.files.cgi
    ? null
    : createCgiHandler(
        settings,
        {
          running: shareOf(settings.limits.maxClients, settings.frontEnds.count),
          waiting: shareOf(settings.workers.daemonBacklog, settings.frontEnds.count),
        },
        {
          complain,
          report,
          bug,
          redirect,
        },
      );
  // Only %f and %R of the access log ask where a request went.
  const destinations =
    journal.letters.has("f") || journal.letters.has("R") ? new WeakMap<Exchange, Destination>() : null;

  const pageFor = refusalPages(settings, route);
  const clients = settings.tls?.clients ?? null;
  // Those who judge by paths, also by one that a script names or that a request begins anew with.
  const guards = [
    clients && requireClientCertificate(clients, complain),
    accessStage(settings, secret, createInquirer(settings, pools.access, complain), report),
  ].filter((stage) => stage !== null);
  // Whose request it is comes before everything that asks for that.
  const stages: readonly (Stage | null)[] = [
    probeStage(settings.monitoring, pages),
    trustedProxyStage(settings.trust, (text) => journal.error("warn", text)),
    hostStage(settings, complain),
    // Who asked for a host that isn't ours gets nothing of the site, no page for errors either.
    errorDocumentStage(settings.responses.errorDocuments, { route, carryOut, complain }),
    ...guards,
    settings.responses.compress ? compressStage() : null,
    statusStage(settings.monitoring, pages, complain),
  ];

  function answer(exchange: Exchange): void {
    carryOut(exchange, route(exchange.head));
  }

  function carryOut(exchange: Exchange, decision: Decision): void {
    destinations?.set(originOf(exchange), destinationOf(decision));
    switch (decision.kind) {
      case "application":
        callApplication(exchange, decision);
        break;
      case "proxy":
        proxies.proxy(exchange, decision);
        break;
      case "file":
        serveFile(exchange, decision);
        break;
      case "script":
        scripts?.run(exchange, decision);
        break;
      case "redirect":
        respondRedirect(exchange, decision.status, decision.location);
        break;
      case "docs":
        serveDocs(exchange, decision);
        break;
      case "listing":
        listDirectory(exchange, decision);
        break;
      case "status":
        respondStatus(exchange, decision.status, undefined, decision.fields);
        break;
    }
  }

  const directed = createDirectives(settings, {
    carryOut,
    proxyTo: proxies.proxyTo,
    complain,
    guard: joined(guards),
  });
  const settle: Handle =
    directed === null
      ? answer
      : (exchange) => {
          filters.set(exchange, exchange.headFilter);
          directed(exchange);
        };
  const beginAnew = chain(guards, settle);

  return {
    handle: chain(
      stages.filter((stage) => stage !== null),
      settle,
    ),
    answered(exchange, bodyBytes, whole) {
      const { body, head, owner, response } = exchange;
      if (owner === UNNOTED) return;
      const elapsedMs = (quickNowUs() - head.startedUs) / 1000;
      traffic.answered(
        head.method,
        response?.status ?? 0,
        Math.max(0, elapsedMs),
        body?.received ?? 0,
        bodyBytes,
        whole,
      );
      journal.access?.(new AnsweredRecord(logged, exchange, bodyBytes, whole, destinations?.get(exchange)));
    },
    silent(peer) {
      // As Apache: a record, although nothing was asked and nothing is answered.
      journal.access?.(refusedRecord(logged, peer, { head: SILENCE, bodyBytes: 0, sentBytes: 0 }, ""));
    },
    giveUp() {
      proxies.giveUp();
      scripts?.giveUp();
    },
    unread(peer) {
      journal.error("info", UNREAD, nameOf(peer));
    },
    faulted(peer, why) {
      journal.error("info", `the client broke the protocol: ${why}`, nameOf(peer));
    },
    refused(by, refusal, text) {
      const { status, why } = refusal;
      const { head, body } = pageFor(by.peer, refusal);
      const isHead = text.startsWith("HEAD ");
      const bodyBytes = isHead ? 0 : body.length;
      traffic.refused(head.status, bodyBytes);
      journal.error("info", `request refused with ${status}: ${why}`, nameOf(by.peer));
      const sentBytes = by.refuse(head, body, isHead);
      journal.access?.(refusedRecord(logged, by.peer, { head, bodyBytes, sentBytes }, text));
    },
  };
}

/** What nobody is sent who sent nothing. */
const SILENCE = responseHead(408, []);

const UNREAD = "the client took nothing of its response for longer than --response-socket-timeout and was dropped";

function wordsOf({ head }: Exchange, text: string): string {
  // As bytes that are no ASCII would be in a URL: one character each, they would be read as letters that nobody sent.
  const target = head.target.replace(
    /[^ -~]/g,
    (byte) => `%${Buffer.from(byte, "latin1").toString("hex").toUpperCase()}`,
  );
  return `${text}: ${head.method} ${target}`;
}

/** Handlers as the original calls them; what answers for files has no name there. */
function destinationOf(decision: Decision): Destination {
  switch (decision.kind) {
    case "application":
      return { fileName: decision.scriptFilename, handler: "wsgi-handler" };
    case "file":
    case "listing":
      return { fileName: decision.path, handler: null };
    case "script":
      return { fileName: decision.path, handler: "cgi-script" };
    case "proxy":
      return { fileName: null, handler: "proxy-server" };
    default:
      return { fileName: null, handler: null };
  }
}

/** A client as the error log names it. The port of a client behind a proxy is not known. */
function clientOf({ client, peer }: RequestHead): string {
  return client.address === peer.remoteAddress ? nameOf(peer) : client.address;
}

/** A peer as the error log names it. */
export function nameOf({ localAddress, remoteAddress, remotePort }: Peer): string {
  return remoteAddress === "" ? localAddress : `${remoteAddress}:${remotePort}`;
}
