/** What the operator should know although the server starts. Pure. */

import type { Settings } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import { options } from "../table.ts";
import { accessWarnings } from "./access.ts";
import { debuggingWarnings } from "./debugging.ts";
import { entryPointWarnings } from "./entry-point.ts";
import { siteWarnings } from "./site.ts";
import { describeObstacle, EXECUTE, obstacleTo, personOf, READ } from "./permissions.ts";

export function warningsAbout(parsed: Parsed, settings: Settings, facts: Facts): readonly string[] {
  const { values, given } = parsed;
  const warnings: string[] = [];
  for (const name of given.keys()) {
    const { status, reason } = options.get(name)!;
    if (status === "planned") warnings.push(`--${name} is accepted but has no effect in this version`);
    if (status === "ignored") warnings.push(`--${name} is ignored: ${reason}`);
  }
  if (values["log-to-terminal"] && !settings.logs.toTerminal) {
    warnings.push("--log-to-terminal has no effect together with --log-directory");
  }
  if (values["rotate-logs"] && settings.logs.toTerminal) {
    warnings.push("--rotate-logs has no effect together with --log-to-terminal");
  }
  if (settings.logs.format === "json") {
    for (const name of ["access-log-format", "error-log-format"] as const) {
      if (given.has(name)) warnings.push(`--${name} has no effect together with --log-format json`);
    }
  }
  if (settings.workers.embedded) {
    const debugged = settings.debugging !== null;
    for (const name of debugged ? [...DAEMON_OPTIONS, ...CAPACITY_OPTIONS] : DAEMON_OPTIONS) {
      const mode = debugged ? "in debug mode" : "together with --embedded-mode";
      if (given.has(name)) warnings.push(`--${name} has no effect ${mode}`);
    }
  }
  warnings.push(...debuggingWarnings(parsed), ...siteWarnings(parsed), ...accessWarnings(parsed));
  warnings.push(...entryPointWarnings(settings.application, facts), ...deniedPaths(settings, facts));
  const { documentRoot } = settings.files;
  // The default one is made when the server starts.
  if (documentRoot !== `${settings.server.root}/htdocs` && facts.kindOf(documentRoot) === "missing") {
    warnings.push(`the document root ${documentRoot} does not exist, so none of its files are served`);
  }
  for (const { urlPath, target } of settings.files.aliases) {
    if (facts.kindOf(target) !== "missing") continue;
    warnings.push(`--url-alias ${urlPath} ${target}: there is no such file or directory`);
  }
  for (const name of settings.environ.pass) {
    if (facts.environment[name] !== undefined) continue;
    warnings.push(`--passenv ${name}: there is no such variable, so requests will not have it`);
  }
  return warnings;
}

/** What applies to an application outside the server only. */
const DAEMON_OPTIONS = [
  "connect-timeout",
  "cpu-time-limit",
  "daemon-backlog",
  "deadlock-timeout",
  "eviction-timeout",
  "graceful-timeout",
  "inactivity-timeout",
  "maximum-requests",
  "queue-timeout",
  "reload-on-changes",
  "request-timeout",
  "restart-interval",
  "startup-timeout",
] as const;

/** What debug mode sets. */
const CAPACITY_OPTIONS = ["embedded-mode", "frontends", "processes", "threads"] as const;

/** What root can use and the user of the workers cannot. */
function deniedPaths({ application, identity, workers }: Settings, facts: Facts): readonly string[] {
  if (!identity.drop) return [];
  const person = personOf(identity, facts);
  const denied = (use: string, path: string, wish: number, then: string) => {
    const obstacle = obstacleTo(path, wish, person, facts.entryAt);
    if (obstacle === null) return [];
    return [`user ${identity.user} cannot ${use} ${path} (${describeObstacle(obstacle, facts)}); ${then}`];
  };
  const { type, entryPoint } = application;
  const isFile = type === "script" || type === "paste";
  return [
    ...(isFile ? denied("read the application", entryPoint, READ, "requests are answered with 500") : []),
    // Python lists the directories that it imports from.
    ...denied(
      "use the working directory",
      workers.workingDirectory,
      READ | EXECUTE,
      "give another --working-directory",
    ),
  ];
}
