/** Sends a request through the phases of directives as the pipeline does, and tells in a line what comes of it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compilePlan } from "../../lib/directives/config/compile.ts";
import type { Config } from "../../lib/directives/config/config.ts";
import { htaccessFiles } from "../../lib/directives/config/htaccess.ts";
import { parseOverride } from "../../lib/directives/config/override.ts";
import { localSource, localWorld } from "../../lib/directives/local.ts";
import { createPhases, redirectInside, type Phases, type Step } from "../../lib/directives/phases.ts";
import type { Request, ServerFacts } from "../../lib/directives/request.ts";
import { describeFile } from "../../lib/directives/file-type.ts";
import { finishFields } from "../../lib/directives/response.ts";
import { builtInTypes } from "../../lib/http/mime.ts";
import { parseDirectives } from "../../lib/directives/syntax/parse.ts";
import type { Field } from "../../lib/http/exchange.ts";
import { requestPort } from "../../lib/http/origin.ts";
import { createPlacer } from "../../lib/pipeline/directed-place.ts";
import type { Settings } from "../../lib/settings/settings.ts";
import { requestHead } from "../http/heads.ts";

export interface Site {
  readonly root: string;
  readonly phases: Phases;
  readonly place: ReturnType<typeof createPlacer>;
  readonly server: Config;
}

/** @param rules as in --rewrite-rules */
export function siteAt(root: string, lines: readonly string[], rules: readonly string[] = []): Site {
  const included = parseDirectives(lines.join("\n"), "site.conf");
  const plan = compilePlan(included, parseDirectives(rules.join("\n"), "rewrite.conf"), {
    documentRoot: root,
    base: `${root}/`,
    cgi: false,
  });
  const world = localWorld();
  const settings = { files: { documentRoot: root, aliases: [], handlers: [] } } as unknown as Settings;
  const server: ServerFacts = {
    documentRoot: root,
    serverAdmin: "",
    software: "Malt",
    nameOf: (head) => head.host,
    portOf: (head) => requestPort(head, { site: { serverName: null, serverAliases: [] } } as unknown as Settings),
  };
  const override = parseOverride(["All"]);
  if (override === null) throw new Error("nothing may be overridden");
  const overrideOf = htaccessFiles(world, localSource({}, false), plan.draft, override);
  return {
    root,
    phases: createPhases(plan, overrideOf, server, world),
    place: createPlacer(settings, plan.aliases),
    server: plan.server,
  };
}

export type End =
  | { readonly kind: "answered"; readonly request: Request; readonly config: Config }
  | {
      readonly kind: "step";
      readonly step: Exclude<Step, { kind: "unchanged" | "rewritten" }>;
      readonly request: Request;
      /** What is said about the response. */
      readonly config: Config;
      readonly challenge?: string;
    };

export interface Asking {
  readonly method?: string;
  readonly fields?: readonly Field[];
}

/** Asks `case.test:8080`. */
export async function travel(
  { phases, place, server }: Site,
  target: string,
  { method = "GET", fields = [] }: Asking = {},
): Promise<End> {
  const head = requestHead(target, {
    method,
    host: "case.test",
    hostPort: "8080",
    fields: [["Host", "case.test:8080"], ...fields],
  });
  const request = phases.begin({
    ...head,
    peer: { ...head.peer, remoteAddress: "127.0.0.1", localPort: 8080 },
    client: { ...head.client, address: "127.0.0.1" },
  });
  const status = (code: number, config: Config = server): End => ({
    kind: "step",
    step: { kind: "status", status: code },
    request,
    config,
  });
  for (let redirects = 0; redirects <= 10; redirects++) {
    const early = phases.server(request);
    if (early.kind !== "unchanged" && early.kind !== "rewritten")
      return { kind: "step", step: early, request, config: server };
    place(request);
    const config = phases.config(request);
    if ("problem" in config) return status(config.status);
    const admission = await phases.admit(config, request);
    if (admission.kind === "refused") {
      const { challenge } = admission;
      return { ...status(admission.status, config), ...(challenge === undefined ? {} : { challenge }) };
    }
    const late = phases.fixups(config, request, false);
    if (late.kind === "unchanged") return { kind: "answered", request, config };
    if (late.kind !== "rewritten") return { kind: "step", step: late, request, config };
    if (!redirectInside(request, late.path, late.query)) return status(400, config);
  }
  return status(500);
}

/** What a client and the log would see: `200 /a.html?q`, `302 -> URL`, then variables, cookies and Vary. */
export function told(end: End, { root }: Site): string {
  const { request } = end;
  const parts = [outcome(end, root)];
  const variables = ["FOO", "REDIRECT_FOO", "BAZ"].filter((name) => request.env.has(name));
  if (variables.length > 0) parts.push(`{${variables.map((name) => `${name}=${request.env.get(name)}`).join(", ")}}`);
  for (const cookie of request.cookies) parts.push(`cookie ${cookie}`);
  if (request.vary.size > 0) parts.push(`vary ${[...request.vary].join(", ")}`);
  if (request.type !== null) parts.push(`type ${request.type}`);
  return parts.join(" ");
}

function outcome(end: End, root: string): string {
  if (end.kind === "step") {
    const { step } = end;
    if (step.kind === "redirect") return `${step.status} -> ${step.location}`;
    return step.kind === "proxy" ? `proxy ${step.url}` : `${step.status}`;
  }
  const { filename, pathInfo, query, world, path } = end.request;
  const found = pathInfo === "" ? world.stat(filename) : null;
  const name = filename.slice(root.length) + pathInfo + (query === "" ? "" : `?${query}`);
  if (found?.kind === "directory" && !path.endsWith("/")) return `301 -> http://case.test:8080${path}/`;
  return `${found?.kind === "file" ? 200 : 404} ${name}`;
}

/** Writes files whose content is their name, but for those called empty. */
export function writeFiles(root: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), name.startsWith("empty") ? "" : name);
  }
}

/** A whole response in a line: status, Location, and those fields that directives are about, sorted. */
export function answered(end: End, { root }: Site): string {
  const { request } = end;
  const nowMs = Math.floor(request.head.startedUs / 1_000_000) * 1000;
  if (end.kind === "step") {
    const { step, config } = end;
    if (step.kind === "proxy" || config === undefined) return step.kind;
    const fields: Field[] = step.kind === "redirect" ? [["Location", step.location]] : [];
    if (end.challenge !== undefined) fields.push(["WWW-Authenticate", end.challenge]);
    const status = step.status;
    return line(status, finishFields(config, request, status, fields, { isOwn: true, modifiedMs: null }), nowMs);
  }
  const { filename, pathInfo, world } = request;
  const isFile = pathInfo === "" && world.stat(filename)?.kind === "file";
  if (!isFile) return line(404, finishFields(end.config, request, 404, [], { isOwn: true, modifiedMs: null }), nowMs);
  const { type, fields } = describeFile(filename, end.config.mime, request.type, usualType);
  const given: Field[] = type === undefined ? [...fields] : [["Content-Type", type], ...fields];
  const origin = { isOwn: false, modifiedMs: world.stat(filename)?.modifiedMs ?? null };
  return line(200, finishFields(end.config, request, 200, given, origin), nowMs).replaceAll(root, "ROOT");
}

function usualType(path: string): string | undefined {
  return builtInTypes(path.slice(path.lastIndexOf(".") + 1));
}

const SHOWN = /^(?:x-.*|content-(?:encoding|language|type)|cache-control|expires|www-authenticate)$/i;

export function line(status: number, fields: readonly Field[], nowMs: number): string {
  const location = fields.find(([name]) => name.toLowerCase() === "location")?.[1];
  const shown = fields.flatMap(([name, value]) => {
    if (!SHOWN.test(name) || (status >= 300 && name.toLowerCase() === "content-type")) return [];
    if (name.toLowerCase() === "expires") return [`expires=+${Math.round((Date.parse(value) - nowMs) / 1000)}`];
    return [`${name.toLowerCase()}=${value}`];
  });
  return [`${status}`, ...(location === undefined ? [] : [`-> ${location}`]), ...shown.toSorted()].join(" | ");
}
