/** What is printed at the start: where the server is and how it was set up. Pure. */

import type { LogLevel } from "../settings/log-level.ts";
import type { Logs, Settings } from "../settings/settings.ts";
import { controlScriptFile, environmentFile, rewriteRulesFile } from "./root-files.ts";

type After = "start" | "setup";

/** The real ones. */
export interface Ports {
  readonly port: number;
  readonly adminPort: number | null;
}

type Row = readonly [label: string, value: string];

/**
 * The lines, labels padded so that the values line up. `conf` is the file on "Server Conf". After a
 * "setup" it also names the files that are there to be edited or run.
 */
export function banner(settings: Settings, { port, adminPort }: Ports, conf: string, after: After = "start"): string {
  const { debugging, limits, listeners, logs, monitoring, server, workers } = settings;
  const { admin, statusPage } = monitoring;
  const { processes, threads } = workers;
  const rows: readonly Row[] = [
    ["Server URL", siteUrl(settings, port)],
    ...(listeners.httpsPort === null
      ? []
      : [["Server URL (HTTPS)", siteUrl(settings, listeners.httpsPort, "https")] as const]),
    ...otherUrls(settings, port),
    ...(statusPage ? [["Server Status", `${siteUrl(settings, port)}server-status`] as const] : []),
    ...(admin === null ? [] : [["Admin URL", hostUrl(admin.host, adminPort ?? admin.port)] as const]),
    ["Server Root", server.root],
    ["Server Conf", conf],
    ["Error Log File", `${logs.toTerminal ? "/dev/stderr" : logs.errorLog} (${levelText(logs)})`],
    ...(logs.accessLog === null
      ? []
      : [["Access Log File", logs.toTerminal ? "/dev/stdout" : logs.accessLog] as const]),
    ...(logs.startupLog === null
      ? []
      : [["Startup Log File", logs.toTerminal ? "/dev/stderr" : logs.startupLog] as const]),
    ...toolRows(debugging),
    ...(after === "setup" ? [["Rewrite Rules", rewriteRulesFile(settings)] as const] : []),
    ...(after === "setup" || server.envvarsScript !== null
      ? [["Environ Variables", environmentFile(settings)] as const]
      : []),
    ...(after === "setup" ? [["Control Script", controlScriptFile(settings)] as const] : []),
    ["Operating Mode", debugging !== null ? "debug" : workers.embedded ? "embedded" : "daemon"],
    [
      "Request Capacity",
      `${processes * threads} (${processes} ${processes === 1 ? "process" : "processes"} * ${threads} threads)`,
    ],
    ...(workers.embedded ? [] : daemonRows(settings)),
    ["Server Capacity", `${limits.maxClientsEvent} (event/worker), ${limits.maxClientsPrefork} (prefork)`],
    ["Server Backlog", `${listeners.backlog} (connections)`],
    ["Locale Setting", workers.locale],
  ];
  return rows.map(([label, value]) => `${label.padEnd(19)}: ${value}\n`).join("");
}

/** Where the tools of debug mode leave what they find. */
function toolRows(debugging: Settings["debugging"]): readonly Row[] {
  if (debugging === null) return [];
  const { coverageDirectory, profilerDirectory, recorderDirectory } = debugging;
  return [
    ...(coverageDirectory === null ? [] : [["Coverage Output", `${coverageDirectory}/index.html`] as const]),
    ...(profilerDirectory === null ? [] : [["Profiler Output", profilerDirectory] as const]),
    ...(recorderDirectory === null ? [] : [["Recorder Output", recorderDirectory] as const]),
  ];
}

/** What only an application outside the server is subject to. */
function daemonRows({ timeouts, workers }: Settings): readonly Row[] {
  const startup = timeouts.startupMs / 1000;
  return [
    ["Request Timeout", `${timeouts.requestMs / 1000} (seconds)`],
    ...(startup === 0 ? [] : [["Startup Timeout", `${startup} (seconds)`] as const]),
    ["Queue Backlog", `${workers.daemonBacklog} (connections)`],
    ["Queue Timeout", `${timeouts.queueMs / 1000} (seconds)`],
  ];
}

/** The address of the site; the port is left out where a browser would. */
export function siteUrl({ listeners, site }: Settings, port: number, scheme: Scheme = "http"): string {
  const [first] = listeners.addresses;
  if (scheme === "http" && first !== undefined && "path" in first) return pathUrl(first.path);
  return hostUrl(site.serverName ?? listeners.hostLabel, port, scheme);
}

type Scheme = "http" | "https";

/** Where else it listens, when --host says so. */
function otherUrls({ listeners }: Settings, port: number): readonly (readonly [label: string, value: string])[] {
  const [, ...others] = listeners.addresses;
  const urls = others.map((other) =>
    "path" in other ? pathUrl(other.path) : hostUrl(other.host ?? "localhost", port),
  );
  return urls.length === 0 ? [] : [["Other URLs", urls.join(" ")]];
}

function hostUrl(name: string, port: number, scheme: Scheme = "http"): string {
  const host = name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
  return port === (scheme === "http" ? 80 : 443) ? `${scheme}://${host}/` : `${scheme}://${host}:${port}/`;
}

/** As clients that know such sockets write it: the path in the place of the host. */
function pathUrl(path: string): string {
  return `http+unix://${encodeURIComponent(path)}/`;
}

/** As --log-level takes it: `warn wsgi:info`. */
function levelText({ level, moduleLevels }: Logs): string {
  const modules: [string, LogLevel][] = Object.entries(moduleLevels);
  return [level, ...modules.map(([name, threshold]) => `${name}:${threshold}`)].join(" ");
}
