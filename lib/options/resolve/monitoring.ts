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
  const { "admin-port": port } = values;
  const problems: Problem[] = [];
  if (given.has("admin-host") && port === undefined) {
    problems.push({
      exit: 2,
      what: "there is nothing to listen for on the address",
      from: [["--admin-host", values["admin-host"]]],
      advice: "Add --admin-port, or leave --admin-host out.",
    });
  }
  const twice = pagesTwice(values);
  if (twice !== undefined) {
    const advice = "Give two different paths.";
    problems.push({ exit: 2, what: "there can be only one page at a path", from: twice, advice });
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

/** Two pages of one place that have the same path. */
function pagesTwice(values: Values): Problem["from"] | undefined {
  const { admin, healthPath, metricsPath, statusPage } = monitoringOf(values);
  const site = pages(metricsPath, healthPath, statusPage ? "--server-status" : null);
  const beside = admin === null ? [] : pages(admin.metricsPath, admin.healthPath, "the status page");
  for (const place of [site, beside]) {
    for (const [index, page] of place.entries()) {
      const other = place.slice(index + 1).find(([, path]) => path === page[1]);
      if (other !== undefined) return [page, other];
    }
  }
  return undefined;
}

function pages(metrics: string | null, health: string | null, status: string | null): (readonly [string, string])[] {
  const all = [
    ["--metrics-path", metrics],
    ["--health-path", health],
    [status, "/server-status"],
  ] as const;
  return all.flatMap(([what, path]) => (what === null || path === null ? [] : [[what, path] as const]));
}
