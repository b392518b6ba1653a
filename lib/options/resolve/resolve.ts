/** From the command line and the machine to `Settings`: every default, derivation and cross-check. Pure. */

import { capacityOf, embeddedCapacity } from "../../settings/capacity.ts";
import { errorDocuments } from "../../settings/error-document.ts";
import { localeOf } from "../../settings/locale.ts";
import { absolute } from "../../settings/paths.ts";
import type { Identity, Program, Settings } from "../../settings/settings.ts";
import { mountPointOf, sortAliases } from "../../settings/urls.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { accessOf, accessProblems, hasAccessScripts } from "./access.ts";
import { addressesOf, addressProblems } from "./addresses.ts";
import { resolveServed } from "./application.ts";
import { debuggingOf, debuggingProblems } from "./debugging.ts";
import { directivesOf } from "./directives.ts";
import { checkPath, fileProblems } from "./files.ts";
import { handlerProblems, handlersOf } from "./handlers.ts";
import { frontEndsOf } from "./front-ends.ts";
import { resolveIdentity } from "./identity.ts";
import { findPython, type Python } from "./interpreter.ts";
import { resolveLogs } from "./logs.ts";
import { monitoringOf, monitoringProblems } from "./monitoring.ts";
import { proxiesOf } from "./proxies.ts";
import { serverRootOf } from "./server-root.ts";
import { resolveServices } from "./services.ts";
import { shellOf } from "./shell.ts";
import { embeddedTimeouts, timeoutsOf } from "./timeouts.ts";
import { httpsOnlyProblems, siteOf, trustOf } from "./site.ts";
import { resolveTls, tlsProblems } from "./tls.ts";
import { warningsAbout } from "./warnings.ts";

export type Resolution =
  { readonly settings: Settings; readonly warnings: readonly string[] } | { readonly problems: readonly Problem[] };

/** Every problem is found, not only the first. */
export function resolveSettings(parsed: Parsed, facts: Facts, program: Program): Resolution {
  const { values, given } = parsed;
  const at = (path: string) => absolute(facts.directory, path);

  const { group, ...listening } = addressesOf(values, facts);
  const root = serverRootOf(values, facts);
  const served = resolveServed(parsed, root, facts);
  const logs = resolveLogs(parsed, root, facts);
  const identity = resolveIdentity(values.user, values.group, facts);
  // Whether a Python will do depends on who is to run it.
  const python = "what" in identity ? identity : pythonFor(parsed, served.type, identity.identity, facts);
  const shell = shellOf(values["shell-executable"], facts);
  const services = "what" in identity ? identity : resolveServices(parsed, logs.directory, identity.identity, facts);

  const made = [root, logs.directory, served.documentRoot];
  const problems = [
    ...addressProblems(values, facts),
    ...tlsProblems(parsed, facts),
    ...httpsOnlyProblems(parsed),
    ...monitoringProblems(parsed),
    ...accessProblems(parsed),
    ...fileProblems(parsed, made, facts),
    ...debuggingProblems(values, root, made, facts),
    ...handlerProblems(values, facts),
  ];
  for (const [label, path, stated] of [
    ["TMPDIR", root, given.has("server-root")],
    ["static", served.documentRoot, given.has("document-root") || served.type !== "static"],
  ] as const) {
    const problem = stated ? null : checkPath(label, path, "made-directory", [], facts);
    if (problem !== null) problems.push(problem);
  }
  // A wrong identity stands for the interpreter and the services too, and is told once.
  for (const part of new Set([python, shell, services])) {
    if (typeof part === "object" && "what" in part) problems.push(part);
  }
  if (problems.length > 0 || "what" in identity || "what" in python) return { problems };
  if ("what" in services || typeof shell !== "string") return { problems };

  const debugging = debuggingOf(values, root, facts);
  const processes = debugging === null ? Math.max(1, values.processes ?? 1) : 1;
  const threads = debugging === null ? values.threads : 1;
  const workingDirectory = at(values["working-directory"] ?? ".");
  // In debug mode the original runs the application in the server's own process, too.
  const embedded = values["embedded-mode"] || debugging !== null;
  const capacity =
    values["embedded-mode"] && debugging === null
      ? embeddedCapacity(processes, threads)
      : capacityOf(processes, threads, values["max-clients"]);
  const resolved = frontEndsOf(debugging === null ? values : { ...values, frontends: 1 }, capacity, facts);
  // What an embedded application is part of could only be reloaded as a whole.
  const scriptReloading = !values["disable-reloading"] && !embedded;
  const settings: Settings = {
    program,
    application: {
      type: served.type,
      entryPoint: served.entryPoint,
      callableObject: values["callable-object"],
      mountPoint: mountPointOf(values["mount-point"]),
      mapHeadToGet: values["map-head-to-get"],
      scriptReloading,
      reloadOnChanges: scriptReloading && values["reload-on-changes"],
    },
    listeners: {
      ...listening,
      socketMode: Number.parseInt(values["unix-socket-mode"], 8),
      port: values.port,
      httpsPort: values["https-port"] ?? null,
      http2: values.http2,
      backlog: values["server-backlog"],
    },
    tls: resolveTls(parsed, facts),
    frontEnds: resolved.frontEnds,
    site: siteOf(values),
    trust: trustOf(values),
    access: accessOf(values, group, at),
    files: {
      documentRoot: served.documentRoot,
      directoryIndex: values["directory-index"]?.split(/\s+/).filter((name) => name !== "") ?? null,
      directoryListing: values["directory-listing"],
      aliases: sortAliases(values["url-alias"].map(([urlPath, target]) => ({ urlPath, target: at(target) }))),
      cgi: values["with-cgi"],
      handlers: handlersOf(values, at),
      mimeTypes: values["mime-types"] === undefined ? null : at(values["mime-types"]),
      sendfile: values["enable-sendfile"],
      docs: values["enable-docs"] || served.type === "welcome",
      precompressed: values.precompressed,
    },
    responses: {
      errorDocuments: errorDocuments(values["error-document"]),
      errorOverride: values["error-override"],
      compress: values["compress-responses"],
    },
    directives: directivesOf(parsed, root, facts),
    proxies: proxiesOf(values),
    workers: {
      processes,
      processesGiven: embedded ? processes > 1 : given.has("processes"),
      threads,
      embedded,
      group,
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
      maximumRequests: embedded ? 0 : values["maximum-requests"],
      ignoreActivity: values["ignore-activity"].map((urlPath) => urlPath.replace(/(?<=.)\/+$/, "")),
      orphanInterpreter: values["orphan-interpreter"],
      verboseDebugging: values["verbose-debugging"],
    },
    debugging,
    identity: identity.identity,
    services: services.services,
    environ: { set: values.setenv, pass: values.passenv },
    timeouts: embedded ? embeddedTimeouts(timeoutsOf(values)) : timeoutsOf(values),
    limits: {
      requestBodyBytes: values["limit-request-body"],
      responseBufferBytes: values["response-buffer-size"] || 65_536,
      headerBufferBytes: values["header-buffer-size"] || 32_768,
      maxClients: resolved.maxClients,
      maxClientsEvent: capacity.event,
      maxClientsPrefork: capacity.prefork,
      chunkedRequest: values["chunked-request"],
    },
    logs,
    monitoring: monitoringOf(values),
    server: {
      root,
      rootIsDefault: !given.has("server-root"),
      pidFile: at(values["pid-file"] ?? `${root}/httpd.pid`),
      shell,
      envvarsScript: values["envvars-script"] === undefined ? null : at(values["envvars-script"]),
      processName: values["process-name"] ?? null,
      modulesDirectory: values["modules-directory"] === undefined ? null : at(values["modules-directory"]),
    },
  };
  return {
    settings,
    warnings: [
      ...identity.warnings,
      ...python.warnings,
      ...services.warnings,
      ...warningsAbout(parsed, settings, facts),
    ],
  };
}

/** A site of files only starts without Python, unless one was asked for or is needed for scripts next to it. */
function pythonFor({ values }: Parsed, type: string, identity: Identity, facts: Facts): Python | Problem {
  const wanted = values.python;
  const python = findPython(wanted, identity, facts);
  const scripts = values["service-script"].length + values["add-handler"].length > 0 || hasAccessScripts(values);
  if (type !== "static" || wanted !== undefined || scripts) return python;
  return "what" in python ? { path: "", locales: [], warnings: [] } : { ...python, warnings: [] };
}
