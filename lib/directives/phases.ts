/**
 * The phases of a request under directives, for the pipeline to go through: what comes before there is a file, which
 * configuration the file has, who may have it, and what is changed before it is answered. Results are values.
 */

import { admit, type Admission } from "./access/check.ts";
import { baseOf, configOf } from "./config/walk.ts";
import type { Plan } from "./config/compile.ts";
import type { Config } from "./config/config.ts";
import type { Fault, OverrideOf } from "./config/htaccess.ts";
import { Environment } from "./environment.ts";
import { contextOf } from "./expressions/context.ts";
import { applyEnvIf } from "./modules/env-if.ts";
import { editFields } from "./modules/header-edit.ts";
import { redirectFor } from "./modules/redirect.ts";
import type { Request, ServerFacts, World } from "./request.ts";
import { rewriteInDirectory, rewriteInServer, type Rewritten } from "./rewrite/context.ts";
import type { RequestHead } from "../http/exchange.ts";
import { resolvePath } from "../http/path.ts";

/** As rewriting ends: "unchanged" lets the request go on. */
export type Step = Rewritten;

export interface Phases {
  begin(head: RequestHead): Request;
  /** SetEnvIf, rules and redirects of the server. */
  server(request: Request): Step;
  /** The merged sections that are about the request, once it has a file name. */
  config(request: Request): Config | Fault;
  admit(config: Config, request: Request): Admission | Promise<Admission>;
  /**
   * Rules and redirects of the directory, variables and request fields.
   * @param isProxied another server is to answer: then rules and redirects of directories have no say
   */
  fixups(config: Config, request: Request, isProxied: boolean): Step;
}

const UNCHANGED: Step = { kind: "unchanged" };

export function createPhases(plan: Plan, overrideOf: OverrideOf | null, server: ServerFacts, world: World): Phases {
  const { server: top } = plan;
  const base = baseOf(top);
  return {
    begin: (head) => newRequest(head, server, world),
    server(request) {
      if (top.earlyEdits !== undefined && request.redirectStatus === null) {
        request.fields = editFields(request.fields, top.earlyEdits, contextOf(request), request.fields);
      }
      if (top.envIf !== undefined) applyEnvIf(top.envIf, request);
      const step = top.rewrite === undefined ? UNCHANGED : rewriteInServer(top.rewrite, request);
      if (step.kind !== "unchanged" && step.kind !== "rewritten") return step;
      if (step.kind === "rewritten") {
        const resolved = resolvePath(step.path);
        if (resolved === undefined) return { kind: "status", status: 400 };
        request.path = resolved;
        request.query = step.query;
        // Without PT nobody else hears of the new path.
        if (step.passThrough !== true) return step;
        request.uri = resolved;
      }
      return redirectFor(top.redirects ?? [], request) ?? step;
    },
    config: (request) => configOf(plan, base, overrideOf, request),
    admit(config, request) {
      if (config.envIf !== undefined) applyEnvIf(config.envIf, request);
      return admit(config, request);
    },
    fixups(config, request, isProxied) {
      const step = isProxied ? UNCHANGED : stepInDirectory(config, request);
      if (step.kind !== "unchanged" && step.kind !== "proxy") return step;
      for (const { name, value } of config.env ?? []) {
        if (value === null) request.env.delete(name);
        else request.env.set(name, value);
      }
      if (config.requestEdits !== undefined) {
        request.fields = editFields(request.fields, config.requestEdits, contextOf(request), request.fields);
      }
      return step;
    },
  };
}

function stepInDirectory({ rewrite, directory, redirects = [] }: Config, request: Request): Step {
  const isRedirected = directory?.slash !== false;
  const step = rewrite === undefined ? UNCHANGED : rewriteInDirectory(rewrite, request, isRedirected);
  return step.kind === "unchanged" ? (redirectFor(redirects, request) ?? step) : step;
}

function newRequest(head: RequestHead, server: ServerFacts, world: World): Request {
  return {
    server,
    world,
    head,
    fields: [...head.fields],
    path: head.path,
    uri: head.path,
    query: head.query,
    filename: "",
    pathInfo: "",
    contextPrefix: "",
    contextRoot: server.documentRoot,
    env: new Environment(),
    user: head.user ?? null,
    type: null,
    handler: null,
    scriptAlias: false,
    redirectStatus: null,
    rewriteEnded: false,
    vary: new Set(),
    cookies: [],
    response: null,
  };
}

/**
 * Begins anew with another path, as Apache's internal redirects do: what was, is remembered under another name.
 * @returns false when the path leads out of the site
 */
export function redirectInside(request: Request, path: string, query: string, status = 200): boolean {
  const resolved = resolvePath(path);
  if (resolved === undefined) return false;
  const before = [...request.env];
  request.env.clear();
  for (const [name, value] of before) request.env.set(`REDIRECT_${name}`, value);
  request.env.set("REDIRECT_URL", request.uri);
  request.env.set("REDIRECT_STATUS", `${status}`);
  if (request.query !== "") request.env.set("REDIRECT_QUERY_STRING", request.query);
  request.path = resolved;
  request.uri = resolved;
  request.query = query;
  request.filename = "";
  request.pathInfo = "";
  request.type = null;
  request.handler = null;
  request.redirectStatus = status;
  return true;
}
