/** The configuration message of a worker. Pure. */

import { constantCgiPairs } from "../settings/cgi-constants.ts";
import { join } from "node:path";
import type { WorkerConfig } from "../control/worker.ts";
import { errorLayout } from "../logs/error-format.ts";
import type { Settings } from "../settings/settings.ts";
import type { Environment } from "./child-environment.ts";

/** What tells one worker from the next. */
export interface WorkerPlace {
  readonly id: number;
  readonly socket: string;
  readonly workingDirectory: string;
}

/** The message for one worker. `port` is the real one, `own` the supervisor's environment, for --passenv. */
export function workerConfig(settings: Settings, port: number, own: Environment, place: WorkerPlace): WorkerConfig {
  const { application, debugging, files, limits, listeners, monitoring, site, timeouts, workers } = settings;
  return {
    kind: "configure",
    id: place.id,
    title: workerTitle(settings),
    socket: place.socket,
    backlog: workers.daemonBacklog,
    sendBufferBytes: workers.sendBufferBytes,
    receiveBufferBytes: workers.receiveBufferBytes,
    threads: workers.threads,
    application: {
      type: application.type,
      entryPoint: application.entryPoint,
      callableObject: application.callableObject,
      handlers: Object.fromEntries(files.handlers.map(({ extension, script }) => [extension, script])),
    },
    responseBufferBytes: limits.responseBufferBytes,
    headerBufferBytes: limits.headerBufferBytes,
    workingDirectory: place.workingDirectory,
    pythonPath: workers.pythonPath,
    processEnvironment: {
      MOD_WSGI_EXPRESS: "true",
      MOD_WSGI_SERVER_NAME: site.serverName ?? listeners.hostLabel,
      MOD_WSGI_SERVER_ALIASES: site.serverAliases.join(" "),
      ...(application.reloadOnChanges ? { MOD_WSGI_RELOADER_ENABLED: "true" } : {}),
      ...debuggingVariables(debugging),
    },
    environ: constantEnviron(settings, port, own),
    multithread: workers.threads !== 1,
    multiprocess: workers.processesGiven,
    runOnce: workers.threads === 1 && workers.maximumRequests === 1,
    processGroup: workers.embedded ? "" : workers.group,
    reloading: application.scriptReloading,
    reloadOnChanges: application.reloadOnChanges,
    embedded: workers.embedded,
    maximumProcesses: workers.processes,
    shutdownTimeoutMs: timeouts.shutdownMs,
    maximumRequests: workers.maximumRequests,
    ignoresActivity: workers.ignoreActivity.length > 0 && timeouts.inactivityMs > 0,
    orphanInterpreter: workers.orphanInterpreter,
    verboseDebugging: workers.verboseDebugging,
    serverMetrics: monitoring.serverMetrics,
    slowRequestMs: monitoring.slowRequestMs,
    debugging,
    loggedVariables: loggedVariables(settings),
  };
}

/** By these the original tells applications what looks into them. */
function debuggingVariables(debugging: Settings["debugging"]): Environment {
  if (debugging === null) return {};
  const all = [
    ["DEBUG_MODE", true],
    ["DEBUGGER_ENABLED", debugging.debugger],
    ["COVERAGE_ENABLED", debugging.coverageDirectory !== null],
    ["PROFILER_ENABLED", debugging.profilerDirectory !== null],
    ["RECORDER_ENABLED", debugging.recorderDirectory !== null],
    ["GDB_ENABLED", debugging.gdb !== null],
  ] as const;
  return Object.fromEntries(all.flatMap(([name, on]) => (on ? [[`MOD_WSGI_${name}`, "true"]] : [])));
}

/** In Apache's default format there is nothing of a request but its client. */
function loggedVariables({ logs }: Settings): readonly string[] {
  return logs.format === "apache" && logs.errorFormat === null ? [] : errorLayout(logs, "").variables;
}

/** What the original calls its worker processes. */
export function workerTitle({ identity, workers }: Settings): string {
  return `(wsgi:${workers.group}:${identity.uid})`;
}

/** The keys of every request's environ that never change; the server's own come last, so that no option changes them. */
export function constantEnviron(settings: Settings, port: number, own: Environment): Environment {
  const { application, files, listeners, server, workers } = settings;
  const pairs = [
    ...constantCgiPairs(settings, own),
    ["mod_wsgi.process_group", workers.embedded ? "" : workers.group],
    ["mod_wsgi.application_group", ""],
    ["mod_wsgi.callable_object", "handle_request"],
    ["mod_wsgi.request_handler", "wsgi-handler"],
    ["mod_wsgi.handler_script", join(server.root, "handler.wsgi")],
    ["mod_wsgi.script_reloading", application.scriptReloading ? "1" : "0"],
    ["mod_wsgi.listener_host", listeners.host ?? ""],
    ["mod_wsgi.listener_port", String(port)],
    ["mod_wsgi.enable_sendfile", files.sendfile ? "1" : "0"],
    ["mod_wsgi.ignore_activity", "0"],
    ...(workers.embedded ? [] : DAEMON),
  ] as const;
  return Object.fromEntries(pairs.map(([name, value]) => [name, wsgiText(value)]));
}

/** Attempts to connect for this request, of which the one connection for all leaves the first. */
const DAEMON = [
  ["mod_wsgi.daemon_connects", "1"],
  ["mod_wsgi.daemon_restarts", "0"],
] as const;

/** Bytes as WSGI wants them: one latin-1 character each (PEP 3333, "A Note On String Types"). */
function wsgiText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
