/** What the server tells of itself, and where. Pure. */

import type { Monitoring } from "../../settings/monitoring.ts";
import type { Parsed } from "../argv.ts";
import type { Problem } from "../problem.ts";
import type { Values } from "../table.ts";

const METRICS = "/metrics";
const HEALTH = "/health";

export function monitoringOf(values: Values): Monitoring {
  const { "admin-port": port, "admin-host": host, "metrics-path": metrics, "health-path": health } = values;
  const admin =
    port === undefined ? null : { host, port, metricsPath: metrics ?? METRICS, healthPath: health ?? HEALTH };
  return {
    metricsPath: admin === null ? (metrics ?? null) : null,
    healthPath: health ?? null,
    statusPage: values["server-status"],
    admin,
    serverMetrics: values["server-metrics"],
    slowRequestMs: values["slow-requests"] * 1000,
  };
}

/** What would be answered in two ways, or not at all. */
export function monitoringProblems({ values, given }: Parsed): readonly Problem[] {
  const { "admin-port": port, "metrics-path": metrics, "health-path": health } = values;
  const problems: Problem[] = [];
  if (given.has("admin-host") && port === undefined) {
    problems.push({
      exit: 2,
      what: "there is nothing to listen for on the address",
      from: [["--admin-host", values["admin-host"]]],
      advice: "Add --admin-port, or leave --admin-host out.",
    });
  }
  if (metrics !== undefined && metrics === health) {
    problems.push({
      exit: 2,
      what: "there can be only one page at a path",
      from: [
        ["--metrics-path", metrics],
        ["--health-path", health],
      ],
      advice: "Give two different paths.",
    });
  }
  if (port !== undefined && port !== 0 && (port === values.port || port === values["https-port"])) {
    problems.push({
      exit: 2,
      what: "the admin pages need a port of their own",
      from: [["--admin-port", `${port}`]],
      advice: "Give a port that the site doesn't use.",
    });
  }
  return problems;
}
