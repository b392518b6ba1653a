/** Settings for a server in a temporary folder, as the options layer would make them. */

import { join } from "node:path";
import { userInfo } from "node:os";
import type { Settings } from "../../lib/settings/settings.ts";

/** Settings of which a test gives what it cares about. */
export function settingsIn(
  folder: string,
  given: { readonly [Room in keyof Settings]?: Partial<Settings[Room]> } = {},
): Settings {
  const root = join(folder, "root");
  const { uid, gid, username } = userInfo();
  return {
    program: { name: "malt", version: "0.0.0", ...given.program },
    application: {
      type: "script",
      entryPoint: "plain",
      callableObject: "application",
      mountPoint: "",
      mapHeadToGet: "auto",
      scriptReloading: true,
      ...given.application,
    },
    listeners: { host: "127.0.0.1", hostLabel: "127.0.0.1", port: 0, backlog: 500, ...given.listeners },
    site: { serverName: null, serverAliases: [], ...given.site },
    files: {
      documentRoot: join(root, "htdocs"),
      directoryIndex: null,
      directoryListing: false,
      aliases: [],
      mimeTypes: null,
      sendfile: false,
      ...given.files,
    },
    workers: {
      processes: 1,
      processesGiven: false,
      threads: 5,
      group: "localhost:8000",
      python: Bun.which("python3") ?? "python3",
      pythonPath: [],
      pythonEggs: join(root, "python-eggs"),
      workingDirectory: folder,
      locale: "C.UTF-8",
      socketPrefix: root,
      daemonBacklog: 100,
      sendBufferBytes: 0,
      receiveBufferBytes: 0,
      maximumRequests: 0,
      ignoreActivity: [],
      orphanInterpreter: false,
      verboseDebugging: false,
      ...given.workers,
    },
    identity: { user: username, group: username, uid, gid, drop: false, ...given.identity },
    environ: { set: [], pass: [], ...given.environ },
    timeouts: {
      startupMs: 15_000,
      shutdownMs: 5000,
      gracefulMs: 15_000,
      requestMs: 60_000,
      restartMs: 0,
      cpuMs: 0,
      evictionMs: 0,
      deadlockMs: 60_000,
      inactivityMs: 0,
      queueMs: 45_000,
      connectMs: 15_000,
      socketMs: 60_000,
      responseSocketMs: 0,
      headerMs: 15_000,
      headerMaxMs: 30_000,
      headerMinRateBytes: 500,
      bodyMs: 15_000,
      bodyMaxMs: 0,
      bodyMinRateBytes: 500,
      keepAliveMs: 2000,
      ...given.timeouts,
    },
    limits: {
      requestBodyBytes: 0,
      responseBufferBytes: 65_536,
      headerBufferBytes: 32_768,
      maxClientsEvent: 20,
      maxClientsPrefork: 20,
      chunkedRequest: false,
      ...given.limits,
    },
    logs: {
      directory: root,
      level: "info",
      moduleLevels: {},
      toTerminal: false,
      errorLog: join(root, "error_log"),
      accessLog: join(root, "access_log"),
      accessFormat: "%h",
      ...given.logs,
    },
    server: { root, rootIsDefault: true, pidFile: join(root, "httpd.pid"), ...given.server },
  };
}
