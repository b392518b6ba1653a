/**
 * The way of a request on a site with Apache directives: rules and redirects of the server, the sections about its file,
 * access, rules of the directory, and only then who answers. A rewritten path begins anew, a bounded number of times.
 */

import type { Admission } from "../directives/access/check.ts";
import { hasOption, type Config } from "../directives/config/config.ts";
import { htaccessFiles } from "../directives/config/htaccess.ts";
import { describeFile } from "../directives/file-type.ts";
import { handlerFor } from "../directives/handlers.ts";
import { fileText, planOf } from "../directives/load.ts";
import { localSource, localWorld } from "../directives/local.ts";
import { createPhases, redirectInside, type Step } from "../directives/phases.ts";
import type { Request, ServerFacts } from "../directives/request.ts";
import { finishFields } from "../directives/response.ts";
import { fileTypes } from "../handlers/static.ts";
import { requestHost, requestPort } from "../http/origin.ts";
import type { ErrorAnswer, Exchange, Field, HeadFilter, RequestHead } from "../http/exchange.ts";
import { responseHead } from "../http/response-head.ts";
import { reasonPhrase } from "../http/status.ts";
import { BodilessExchange } from "../http/wrapped-exchange.ts";
import type { Settings } from "../settings/settings.ts";
import { directedHead, environPairs } from "./directed-head.ts";
import { createPlacer, withAliases } from "./directed-place.ts";
import { fileOf, scriptDecision } from "./directed-script.ts";
import type { Decision, StatusDecision } from "./route-decision.ts";
import { localKindOf, locate } from "./route-files.ts";
import { createProxyRouter } from "./route-proxies.ts";
import { resourceDecider } from "./route-resources.ts";
import { applicationDecision, createRouter, LOCAL } from "./route.ts";
import type { Handle, Stage } from "./stage.ts";

/** As in Apache: more is rules that lead to each other. */
const MAX_REDIRECTS = 10;

/** What the site does for requests with directives. */
export interface Tools {
  readonly carryOut: (exchange: Exchange, decision: Decision) => void;
  /** Another server answers, at this URL. */
  readonly proxyTo: (exchange: Exchange, url: string) => void;
  /** Writes to the error log, about a request. */
  readonly complain: (exchange: Exchange, text: string) => void;
  /** The stage that judges paths, and so a path that a request begins anew with; null when there is none. */
  readonly guard: Stage | null;
}

/** null for a site without directives. */
export function createDirectives(settings: Settings, { carryOut, proxyTo, complain, guard }: Tools): Handle | null {
  if (settings.directives === null) return null;
  const { plan, override } = planOf(settings);
  const world = localWorld();
  const source = localSource(process.env, settings.files.cgi);
  const overrideOf = override === null ? null : htaccessFiles(world, source, plan.draft, override);
  const server: ServerFacts = {
    documentRoot: fileText(settings.files.documentRoot).replace(/\/+$/, ""),
    // As applications are told it.
    serverAdmin: "[no address given]",
    software: "Malt",
    nameOf: (head) => requestHost(head, settings),
    portOf: (head) => requestPort(head, settings),
  };
  const phases = createPhases(plan, overrideOf, server, world);
  const handedOn = createProxyRouter(settings);
  const place = createPlacer(settings, plan.aliases);
  // Whether a file is a script is for directives to say.
  const routers = routersOf(withAliases({ ...settings, files: { ...settings.files, cgi: false } }, plan.aliases));
  const resources = resourceDecider(settings);
  const typeOf = fileTypes(settings);
  const mount = fileText(settings.application.mountPoint);

  return (exchange) => {
    const { head } = exchange;
    // What is about the server, and not about a path, is none of the directives' business.
    if (head.path === "*" || head.method === "TRACE") carryOut(exchange, routers(undefined)(head));
    else
      begin({
        exchange,
        request: phases.begin(head),
        redirects: 0,
        file: undefined,
        proxyUrl: null,
        isProxied: false,
        error: null,
        refusing: null,
        filter: exchange.headFilter,
      });
  };

  function begin(trip: Trip): void {
    const { exchange, request } = trip;
    if (trip.redirects > MAX_REDIRECTS) {
      complain(exchange, `rules lead to each other, ${MAX_REDIRECTS} times`);
      finish(trip, plan.server, statusOf(500));
      return;
    }
    const early = phases.server(request);
    if (early.kind === "status" || early.kind === "redirect") {
      finish(trip, plan.server, decisionOf(early));
      return;
    }
    // Who may have it is asked for what another server answers, too, although there is no file.
    trip.proxyUrl = early.kind === "proxy" ? early.url : null;
    trip.isProxied = early.kind === "proxy" || handedOn?.(directedHead(request))?.kind === "proxy";
    if (!trip.isProxied) trip.file = place(request);
    const config = phases.config(request);
    if ("problem" in config) {
      complain(exchange, plainText(config.problem));
      finish(trip, plan.server, statusOf(config.status));
      return;
    }
    // The page about a refusal can be seen by whom the same sections have refused.
    if (trip.error !== null && config === trip.refusing) {
      admitted(trip, config, { kind: "granted" });
      return;
    }
    const admission = phases.admit(config, request);
    if (!(admission instanceof Promise)) admitted(trip, config, admission);
    else {
      void admission.then((outcome) => {
        // The client may have gone meanwhile.
        if (exchange.open) admitted(trip, config, outcome);
      });
    }
  }

  function admitted(trip: Trip, config: Config, admission: Admission): void {
    if (admission.kind === "refused") {
      const { status, why, challenge } = admission;
      if (why !== null) complain(trip.exchange, why);
      const fields: Field[] = challenge === undefined ? [] : [["WWW-Authenticate", challenge]];
      finish(trip, config, { ...statusOf(status), fields });
      return;
    }
    const step = phases.fixups(config, trip.request, trip.isProxied);
    if (step.kind === "rewritten") redirectTo(trip, config, step.path, step.query);
    else if (step.kind === "status" || step.kind === "redirect") finish(trip, config, decisionOf(step));
    else {
      if (step.kind === "proxy") trip.proxyUrl = step.url;
      answer(trip, config);
    }
  }

  function redirectTo(trip: Trip, config: Config, path: string, query: string): void {
    trip.redirects++;
    if (!redirectInside(trip.request, path, query, trip.error?.status ?? 200)) {
      finish(trip, config, statusOf(400));
    } else if (guard === null) {
      begin(trip);
    } else {
      trip.exchange.head = directedHead(trip.request);
      guard(trip.exchange, () => begin(trip));
    }
  }

  /** Nothing more is rewritten: who answers? */
  function answer(trip: Trip, config: Config): void {
    const { exchange, request, file } = trip;
    const limit = config.limits?.requestBodyBytes ?? 0;
    if (limit > 0 && (exchange.body?.length ?? 0) > limit) {
      finish(trip, config, statusOf(413));
      return;
    }
    const directed = directedHead(request);
    const head = trip.error === null ? directed : askingForPage(directed);
    exchange.head = head;
    if (request.user !== null) head.user = request.user;
    if (trip.proxyUrl !== null) {
      setFilter(trip, config, { kind: "proxied" });
      proxyTo(exchange, trip.proxyUrl);
      return;
    }
    const routed = file === undefined ? routers(config.directory?.indexes)(head) : resources(head, fileAt(file));
    const handler = handlerFor(fileOf(routed, request), config.mime, request);
    const isForced = handler === (request.handler ?? config.mime?.handler);
    const found = handler === "cgi-script" ? scriptDecision(routed, config, request, settings.files.cgi) : routed;
    const fallback = config.directory?.fallback;
    if (handler === "wsgi-handler" && found.kind !== "application" && isMounted(head.path)) {
      finish(trip, config, applicationDecision(server.documentRoot, mount, head.path, head.path.length));
    } else if (handler === "default-handler" && isForced && found.kind === "application") {
      finish(trip, config, statusOf(404));
    } else if (found.kind === "status" && found.status === 404 && fallback != null && fallback !== request.path) {
      redirectTo(trip, config, fallback, request.query);
    } else if (found.kind === "redirect" && config.directory?.slash === false) {
      finish(trip, config, statusOf(404));
    } else if (found.kind === "listing" && !hasOption(config.options, "indexes", true)) {
      finish(trip, config, statusOf(403));
    } else {
      finish(trip, config, found);
    }
  }

  function isMounted(path: string): boolean {
    return settings.application.type !== "static" && (mount === "" || path === mount || path.startsWith(`${mount}/`));
  }

  /** Carries a decision out, with what directives make of the response. */
  function finish(trip: Trip, config: Config, decision: Decision): void {
    const { exchange, request } = trip;
    if (decision.kind === "status" && decision.complaint !== undefined) complain(exchange, decision.complaint);
    const target = decision.kind === "status" ? config.errorDocuments?.get(decision.status) : undefined;
    if (decision.kind === "status" && target !== undefined && trip.error === null) {
      answerError(trip, config, decision, target);
      return;
    }
    // Without a page for it, the error is the one that was there first.
    const last = decision.kind === "status" && trip.error !== null ? trip.error : decision;
    setFilter(trip, config, last);
    if (trip.error === null && config.errorDocuments !== undefined) exchange.errorAnswer = lateErrors(trip, config);
    if (last.kind === "file") {
      const type = describeFile(last.path, config.mime, request.type, typeOf).type ?? null;
      carryOut(exchange, { ...last, type });
    } else if (last.kind === "application" || last.kind === "script") {
      carryOut(exchange, { ...last, ownPairs: environPairs(request) + (last.ownPairs ?? "") });
    } else {
      carryOut(exchange, last);
    }
  }

  /** Errors that are found by whoever was to answer. */
  function lateErrors(trip: Trip, config: Config): ErrorAnswer {
    const before = trip.exchange.errorAnswer;
    return (failed, status, fields) => {
      const target = config.errorDocuments?.get(status);
      if (target === undefined) return before?.(failed, status, fields) ?? false;
      failed.headFilter = trip.filter;
      restoreHead(failed, trip.request);
      const error: StatusDecision = { kind: "status", status, why: "it was answered so", fields };
      answerError({ ...trip, exchange: new BodilessExchange(failed) }, config, error, target);
      return true;
    };
  }

  /** ErrorDocument: a path of this site, a URL, or a text. */
  function answerError(trip: Trip, config: Config, error: StatusDecision, target: string): void {
    if (/^[a-z]+:\/\//i.test(target)) {
      finish(trip, { ...config, errorDocuments: new Map() }, { kind: "redirect", status: 302, location: target });
    } else if (target.startsWith("/")) {
      const mark = target.indexOf("?");
      trip.error = error;
      trip.refusing = config;
      redirectTo(trip, config, mark < 0 ? target : target.slice(0, mark), mark < 0 ? "" : target.slice(mark + 1));
    } else {
      setFilter(trip, config, error);
      const fields: Field[] = [...(error.fields ?? []), ["Content-Type", "text/html; charset=utf-8"]];
      trip.exchange.send(responseHead(error.status, fields), Buffer.from(target, "latin1"));
    }
  }

  function setFilter({ exchange, request, error }: Trip, config: Config, decision: Decision | Proxied): void {
    const added = decision.kind === "file" ? describeFile(decision.path, config.mime, null, typeOf).fields : [];
    const isOwn = decision.kind === "status" || decision.kind === "redirect";
    const before = exchange.headFilter;
    exchange.headFilter = (response) => {
      restoreHead(exchange, request);
      const given = before === null ? response : before(response);
      const lastModified = decision.kind === "file" ? valueOf(given.fields, "last-modified") : undefined;
      const origin = { isOwn, modifiedMs: lastModified === undefined ? null : Date.parse(lastModified) };
      // A file that is the page for an error has the error's status; an application chooses its own.
      const status = error !== null && decision.kind === "file" ? error.status : given.status;
      const kept = isOwn ? [] : (error?.fields ?? []);
      const fields = finishFields(config, request, status, [...given.fields, ...kept, ...added], origin);
      const reason = status === given.status ? given.reason : reasonPhrase(status);
      return { ...given, status, reason, fields, lines: responseHead(status, fields).lines };
    };
  }
}

/** What comes from the URL that a rule names. */
interface Proxied {
  readonly kind: "proxied";
}

/** A request on its way through the phases. */
interface Trip {
  readonly exchange: Exchange;
  readonly request: Request;
  redirects: number;
  /** Where AliasMatch leads. */
  file: string | undefined;
  /** Another server answers: at this URL, or as the options say. */
  proxyUrl: string | null;
  isProxied: boolean;
  /** The error that a page is looked for; null until there is one. */
  error: StatusDecision | null;
  /** What was said about the request that the error was about. */
  refusing: Config | null;
  /** What others made of heads before. */
  readonly filter: HeadFilter | null;
}

/** The page for an error is asked for like any other, but whole. */
function askingForPage(head: RequestHead): RequestHead {
  const fields = head.fields.filter(([name]) => !/^(?:if-.*|range)$/i.test(name));
  return { ...head, fields, method: head.method === "HEAD" ? "HEAD" : "GET" };
}

/** Once a response is sent only the log asks, and wants to know what the client asked for. */
function restoreHead(exchange: Exchange, { head, user }: Request): void {
  const { requestId } = exchange.head;
  exchange.head = head;
  if (requestId !== undefined) head.requestId = requestId;
  if (user !== null) head.user = user;
}

function decisionOf(step: Extract<Step, { kind: "status" | "redirect" }>): Decision {
  return step.kind === "redirect" ? step : statusOf(step.status);
}

function statusOf(status: number): StatusDecision {
  return { kind: "status", status, why: "a directive says so" };
}

function fileAt(path: string): Decision {
  const { kind } = locate(localKindOf, "", path, () => false);
  if (kind === "file") return { kind, path };
  return statusOf(kind === "refused" ? 403 : 404);
}

/** A router for each list of indexes that sections come to. */
function routersOf(settings: Settings): (indexes: readonly string[] | undefined) => ReturnType<typeof createRouter> {
  const usual = createRouter(settings);
  const others = new Map<string, ReturnType<typeof createRouter>>();
  return (indexes) => {
    if (indexes === undefined) return usual;
    const key = indexes.join("\0");
    let router = others.get(key);
    if (router === undefined) others.set(key, (router = createRouter(settings, LOCAL, indexes)));
    return router;
  };
}

function valueOf(fields: readonly Field[], lowerName: string): string | undefined {
  return fields.find(([name]) => name.toLowerCase() === lowerName)?.[1];
}

/** Messages are text, names of files in them are bytes. */
function plainText(text: string): string {
  return Buffer.from(text, "latin1").toString();
}
