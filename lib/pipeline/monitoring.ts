/** The stages that answer what is about the server itself: probes before everything else, the status page behind the rest. */

import type { Pages } from "../handlers/monitoring/pages.ts";
import { field, type Exchange, type RequestHead } from "../http/exchange.ts";
import { respondRedirect, respondStatus } from "../http/respond.ts";
import type { Admin, Monitoring } from "../settings/monitoring.ts";
import { addressSet } from "../settings/subnets.ts";
import type { Handle, Stage } from "./stage.ts";

const STATUS = "/server-status";

/** RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3. */
const LOOPBACK = ["127.0.0.0/8", "::1"];

/** What a proxy writes into requests of others. */
const FORWARDED = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Health and metrics, for whoever asks and whatever host they name: probes know of no names. null without a path for either.
 */
export function probeStage({ healthPath, metricsPath }: Monitoring, pages: Pages): Stage | null {
  if (healthPath === null && metricsPath === null) return null;
  const health = healthPath === null ? null : wirePath(healthPath);
  const metrics = metricsPath === null ? null : wirePath(metricsPath);
  return (exchange, next) => {
    const { path } = exchange.head;
    if (path === health) pages.health(exchange);
    else if (path === metrics) pages.metrics(exchange);
    else next(exchange);
  };
}

/** The status page for clients on this machine; null without it. */
export function statusStage(
  { statusPage }: Monitoring,
  pages: Pages,
  complain: (exchange: Exchange, text: string) => void,
): Stage | null {
  if (!statusPage) return null;
  const isLoopback = addressSet(LOOPBACK);
  return (exchange, next) => {
    const { head } = exchange;
    if (!head.path.includes(STATUS)) return next(exchange);
    // As with the original: what looks like it never gets to the application.
    if (head.path !== STATUS) return respondStatus(exchange, 404);
    if (isLoopback(head.client.address) && !isForwarded(head)) return pages.status(exchange);
    complain(exchange, "the status page is for clients on this machine: answered 403");
    respondStatus(exchange, 403);
  };
}

/** What is served at --admin-port. */
export function adminHandle({ healthPath, metricsPath }: Admin, pages: Pages): Handle {
  const byPath = new Map([
    // The address that the banner has.
    ["/", (exchange: Exchange) => respondRedirect(exchange, 302, STATUS)],
    [STATUS, pages.status],
    [wirePath(metricsPath), pages.metrics],
    [wirePath(healthPath), pages.health],
  ]);
  return (exchange) => {
    const page = byPath.get(exchange.head.path);
    if (page === undefined) respondStatus(exchange, 404);
    else page(exchange);
  };
}

/** The client is somebody whom a proxy doesn't tell of by a field that is trusted, but by another. */
function isForwarded(head: RequestHead): boolean {
  return !head.client.forwarded && FORWARDED.some((name) => field(head, name) !== undefined);
}

/** Paths from the wire are bytes, one latin-1 character each. */
function wirePath(path: string): string {
  return Buffer.from(path).toString("latin1");
}
