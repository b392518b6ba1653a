/** From the command line and the machine to `Settings`: every default, derivation and cross-check. Pure. */

import { capacityOf } from "../../settings/capacity.ts";
import { localeOf } from "../../settings/locale.ts";
import { absolute } from "../../settings/paths.ts";
import type { Identity, Program, Settings } from "../../settings/settings.ts";
import { mountPointOf, sortAliases } from "../../settings/urls.ts";
import type { Parsed } from "../argv.ts";
import { ipv6In } from "../checks/address.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { resolveServed } from "./application.ts";
import { checkPath, fileProblems } from "./files.ts";
import { resolveIdentity } from "./identity.ts";
import { guardProblems } from "./guards.ts";
import { findPython, type Python } from "./interpreter.ts";
import { resolveLogs } from "./logs.ts";
import { timeoutsOf } from "./timeouts.ts";
import { tlsProblems } from "./tls.ts";
import { warningsAbout } from "./warnings.ts";

export type Resolution =
  { readonly settings: Settings; readonly warnings: readonly string[] } | { readonly problems: readonly Problem[] };

/** Every problem is found, not only the first. */
export function resolveSettings(parsed: Parsed, facts: Facts, program: Program): Resolution {
  const { values, given } = parsed;
  const at = (path: string) => absolute(facts.directory, path);

  const hostLabel = labelOf(values.host);
  const root = at(values["server-root"] ?? defaultRoot(`${hostLabel}:${values.port}:${facts.uid}`, facts));
  const served = resolveServed(parsed, root, facts);
  const logs = resolveLogs(parsed, root, facts);
  const identity = resolveIdentity(values.user, values.group, facts);
  // Whether a Python will do depends on who is to run it.
  const python = "what" in identity ? identity : pythonFor(served.type, values.python, identity.identity, facts);

  const made = [root, logs.directory, served.documentRoot];
  const problems = [...tlsProblems(parsed, facts), ...fileProblems(parsed, made, facts), ...guardProblems(parsed)];
  for (const [label, path, stated] of [
    ["TMPDIR", root, given.has("server-root")],
    ["static", served.documentRoot, given.has("document-root") || served.type !== "static"],
  ] as const) {
    const problem = stated ? null : checkPath(label, path, "made-directory", [], facts);
    if (problem !== null) problems.push(problem);
  }
  if ("what" in python) problems.push(python);
  if (problems.length > 0 || "what" in identity || "what" in python) return { problems };

  const processes = values.processes ?? 1;
  const workingDirectory = at(values["working-directory"] ?? ".");
  const capacity = capacityOf(Math.max(1, processes), values.threads, values["max-clients"]);
  const settings: Settings = {
    program,
    application: {
      type: served.type,
      entryPoint: served.entryPoint,
      callableObject: values["callable-object"],
      mountPoint: mountPointOf(values["mount-point"]),
      mapHeadToGet: values["map-head-to-get"],
      scriptReloading: !values["disable-reloading"],
    },
    listeners: {
      host: values.host ?? null,
      hostLabel,
      port: values.port,
      backlog: values["server-backlog"],
    },
    site: { serverName: values["server-name"] ?? null, serverAliases: values["server-alias"] },
    files: {
      documentRoot: served.documentRoot,
      directoryIndex: values["directory-index"]?.split(/\s+/).filter((name) => name !== "") ?? null,
      directoryListing: values["directory-listing"],
      aliases: sortAliases(values["url-alias"].map(([urlPath, target]) => ({ urlPath, target: at(target) }))),
      mimeTypes: values["mime-types"] === undefined ? null : at(values["mime-types"]),
      sendfile: values["enable-sendfile"],
    },
    workers: {
      processes: Math.max(1, processes),
      processesGiven: given.has("processes"),
      threads: values.threads,
      group: `${hostLabel}:${values.port}`,
      python: python.path,
      // Relative ones are the worker's, which starts in the working directory.
      pythonPath: values["python-path"].map((path) => absolute(workingDirectory, path)),
      pythonEggs: values["python-eggs"] === undefined ? `${root}/python-eggs` : at(values["python-eggs"]),
      workingDirectory,
      locale: localeOf(values.locale ?? values.lang, facts.environment, python.locales),
      socketPrefix: at(values["socket-prefix"] ?? root),
      daemonBacklog: values["daemon-backlog"],
      sendBufferBytes: values["send-buffer-size"],
      receiveBufferBytes: values["receive-buffer-size"],
      maximumRequests: values["maximum-requests"],
      ignoreActivity: values["ignore-activity"].map((urlPath) => urlPath.replace(/(?<=.)\/+$/, "")),
      orphanInterpreter: values["orphan-interpreter"],
      verboseDebugging: values["verbose-debugging"],
    },
    identity: identity.identity,
    environ: { set: values.setenv, pass: values.passenv },
    timeouts: timeoutsOf(values),
    limits: {
      requestBodyBytes: values["limit-request-body"],
      responseBufferBytes: values["response-buffer-size"] || 65_536,
      headerBufferBytes: values["header-buffer-size"] || 32_768,
      maxClientsEvent: capacity.event,
      maxClientsPrefork: capacity.prefork,
      chunkedRequest: values["chunked-request"],
    },
    logs,
    server: {
      root,
      rootIsDefault: !given.has("server-root"),
      pidFile: at(values["pid-file"] ?? `${root}/httpd.pid`),
    },
  };
  return {
    settings,
    warnings: [...identity.warnings, ...python.warnings, ...warningsAbout(parsed, settings, facts)],
  };
}

/** The host as names, paths and URLs have it: IPv6 in brackets, so that a port can follow. */
function labelOf(host: string | undefined): string {
  if (host === undefined) return "localhost";
  const address = ipv6In(host);
  return address === null ? host : `[${address}]`;
}

function defaultRoot(name: string, facts: Facts): string {
  const temporary = facts.onMac ? "/var/tmp" : facts.environment["TMPDIR"] || "/tmp";
  return `${temporary.replace(/\/+$/, "")}/mod_wsgi-${name}`;
}

/** A site of files only starts without Python, unless one was asked for. */
function pythonFor(type: string, wanted: string | undefined, identity: Identity, facts: Facts): Python | Problem {
  const python = findPython(wanted, identity, facts);
  if (type !== "static" || wanted !== undefined) return python;
  return "what" in python ? { path: "", locales: [], warnings: [] } : { ...python, warnings: [] };
}
