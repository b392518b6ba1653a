/**
 * The way of a request on a site with Apache directives: rules and redirects of the server, the sections about its file,
 * access, rules of the directory, and only then who answers. A rewritten path begins anew, a bounded number of times.
 */

import { hasOption, type Config } from "../directives/config/config.ts";
import { htaccessFiles } from "../directives/config/htaccess.ts";
import { describeFile } from "../directives/file-type.ts";
import { fileText, planOf } from "../directives/load.ts";
import { localSource, localWorld } from "../directives/local.ts";
import { createPhases, redirectInside, type Step } from "../directives/phases.ts";
import type { Request, ServerFacts } from "../directives/request.ts";
import { finishFields } from "../directives/response.ts";
import { fileTypes } from "../handlers/static.ts";
import { requestHost, requestPort } from "../http/origin.ts";
import { resolvePath } from "../http/path.ts";
import type { Exchange, Field } from "../http/exchange.ts";
import { responseHead } from "../http/response-head.ts";
import type { Settings } from "../settings/settings.ts";
import { directedHead, environPairs } from "./directed-head.ts";
import { createPlacer, withAliases } from "./directed-place.ts";
import type { Decision } from "./route-decision.ts";
import { localKindOf } from "./route-files.ts";
import { applicationDecision, createRouter, LOCAL } from "./route.ts";
import type { Handle } from "./stage.ts";

/** As in Apache: more is rules that lead to each other. */
const MAX_REDIRECTS = 10;

export type CarryOut = (exchange: Exchange, decision: Decision) => void;
type Complain = (exchange: Exchange, text: string) => void;

/** null for a site without directives. What it hands to `carryOut` is decided. */
export function createDirectives(settings: Settings, carryOut: CarryOut, complain: Complain): Handle | null {
  if (settings.directives === null) return null;
  const { plan, override } = planOf(settings);
  const world = localWorld();
  const overrideOf = override === null ? null : htaccessFiles(world, localSource(process.env), plan.draft, override);
  const server: ServerFacts = {
    documentRoot: fileText(settings.files.documentRoot).replace(/\/+$/, ""),
    serverAdmin: "",
    software: "Malt",
    nameOf: (head) => requestHost(head, settings),
    portOf: (head) => requestPort(head, settings),
  };
  const phases = createPhases(plan, overrideOf, server, world);
  const place = createPlacer(settings, plan.aliases);
  const routers = routersOf(withAliases(settings, plan.aliases));
  const typeOf = fileTypes(settings);
  const mount = fileText(settings.application.mountPoint);

  return (exchange) => {
    const { head } = exchange;
    // What is about the server, and not about a path, is none of the directives' business.
    if (head.path === "*" || head.method === "TRACE") carryOut(exchange, routers(undefined)(head));
    else begin(exchange, phases.begin(head), 0);
  };

  function begin(exchange: Exchange, request: Request, redirects: number): void {
    if (redirects > MAX_REDIRECTS) {
      complain(exchange, `rules lead to each other, ${MAX_REDIRECTS} times`);
      finish(exchange, request, plan.server, statusOf(500));
      return;
    }
    const early = phases.server(request);
    if (early.kind !== "unchanged" && early.kind !== "rewritten") {
      finish(exchange, request, plan.server, decisionOf(early));
      return;
    }
    if (early.kind === "rewritten" && !take(request, early.path)) {
      finish(exchange, request, plan.server, statusOf(400));
      return;
    }
    const file = place(request);
    const config = phases.config(request);
    if ("problem" in config) {
      complain(exchange, plainText(config.problem));
      finish(exchange, request, plan.server, statusOf(config.status));
      return;
    }
    const admission = phases.admit(config, request);
    const goOn = (outcome: Awaited<typeof admission>): void => {
      if (outcome.kind === "granted") fixUp(exchange, request, config, file, redirects);
      else {
        complain(exchange, outcome.why);
        const fields: Field[] = outcome.challenge === undefined ? [] : [["WWW-Authenticate", outcome.challenge]];
        finish(exchange, request, config, { ...statusOf(outcome.status), fields });
      }
    };
    if (!(admission instanceof Promise)) goOn(admission);
    else {
      void admission.then((outcome) => {
        // The client may have gone meanwhile.
        if (exchange.open) goOn(outcome);
      });
    }
  }

  function fixUp(
    exchange: Exchange,
    request: Request,
    config: Config,
    file: string | undefined,
    redirects: number,
  ): void {
    const step = phases.fixups(config, request);
    if (step.kind === "rewritten") redirectTo(exchange, request, config, step.path, step.query, redirects);
    else if (step.kind === "unchanged") answer(exchange, request, config, file, redirects);
    else finish(exchange, request, config, decisionOf(step));
  }

  function redirectTo(
    exchange: Exchange,
    request: Request,
    config: Config,
    path: string,
    query: string,
    redirects: number,
  ): void {
    redirectInside(request, path, query);
    if (take(request, path)) begin(exchange, request, redirects + 1);
    else finish(exchange, request, config, statusOf(400));
  }

  /** Nothing more is rewritten: who answers? */
  function answer(
    exchange: Exchange,
    request: Request,
    config: Config,
    file: string | undefined,
    redirects: number,
  ): void {
    const limit = config.limits?.requestBodyBytes ?? 0;
    if (limit > 0 && (exchange.body?.length ?? 0) > limit) {
      finish(exchange, request, config, statusOf(413));
      return;
    }
    const head = directedHead(request);
    exchange.head = head;
    const found = file === undefined ? routers(config.directory?.indexes)(head) : fileAt(file);
    const handler = request.handler ?? config.mime?.handler;
    const fallback = config.directory?.fallback;
    if (handler === "wsgi-handler" && found.kind !== "application" && isMounted(head.path)) {
      finish(exchange, request, config, applicationDecision(server.documentRoot, mount, head.path, head.path.length));
    } else if (handler === "default-handler" && found.kind === "application") {
      finish(exchange, request, config, statusOf(404));
    } else if (found.kind === "status" && found.status === 404 && fallback != null && fallback !== request.path) {
      redirectTo(exchange, request, config, fallback, request.query, redirects);
    } else if (found.kind === "redirect" && config.directory?.slash === false) {
      finish(exchange, request, config, statusOf(404));
    } else if (found.kind === "listing" && !hasOption(config.options, "indexes", true)) {
      finish(exchange, request, config, statusOf(403));
    } else {
      finish(exchange, request, config, found);
    }
  }

  function isMounted(path: string): boolean {
    return settings.application.type !== "static" && (mount === "" || path === mount || path.startsWith(`${mount}/`));
  }

  /** Carries a decision out, with what directives make of the response. */
  function finish(exchange: Exchange, request: Request, config: Config, decision: Decision): void {
    let added: readonly Field[] = [];
    let ready = decision;
    if (decision.kind === "file") {
      const { type, fields } = describeFile(decision.path, config.mime, request.type, typeOf);
      added = fields;
      ready = { ...decision, type: type ?? null };
    } else if (decision.kind === "application") {
      const pairs = environPairs(request);
      if (pairs !== "") ready = { ...decision, ownPairs: pairs };
    }
    const isOwn = decision.kind === "status" || decision.kind === "redirect";
    const before = exchange.headFilter;
    exchange.headFilter = (response) => {
      const given = before === null ? response : before(response);
      const lastModified = decision.kind === "file" ? valueOf(given.fields, "last-modified") : undefined;
      const origin = { isOwn, modifiedMs: lastModified === undefined ? null : Date.parse(lastModified) };
      const fields = finishFields(config, request, given.status, [...given.fields, ...added], origin);
      return { ...given, fields, lines: responseHead(given.status, fields).lines };
    };
    carryOut(exchange, ready);
  }
}

/** Makes a rewritten path the request's; false when it leads out of the site. */
function take(request: Request, path: string): boolean {
  const resolved = resolvePath(path);
  if (resolved === undefined) return false;
  request.path = resolved;
  return true;
}

function decisionOf(step: Exclude<Step, { kind: "unchanged" | "rewritten" }>): Decision {
  if (step.kind === "redirect") return step;
  return statusOf(step.kind === "status" ? step.status : 502);
}

function statusOf(status: number): Extract<Decision, { kind: "status" }> {
  return { kind: "status", status, why: "a directive says so" };
}

function fileAt(path: string): Decision {
  const kind = localKindOf(path);
  if (kind === "file") return { kind: "file", path };
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
