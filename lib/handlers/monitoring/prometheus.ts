/**
 * The report as metrics in the text form of Prometheus. Pure. Nothing is labelled by process id: workers come and go, and each
 * would leave a series behind.
 */

import { BOUNDS_MS, countOf, type Histogram } from "../../metrics/histogram.ts";
import { applicationWorkers, presentOf } from "../../metrics/present.ts";
import type { Report } from "../../metrics/report.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

export function prometheusText(report: Report): string {
  const { cpuMs, frontEnds, program, services, traffic, workers } = report;
  const present = presentOf(report);
  const states = ["starting", "ready", "draining", "stopping"] as const;
  return [
    gauge("build_info", "The version that runs.", [[{ version: program.version }, 1]]),
    gauge("start_time_seconds", "When the server was started, in seconds since the epoch.", report.startedAt / 1000),
    counter(
      "http_requests_total",
      "Requests that are over, by their method.",
      Object.entries(traffic.methods).map(([method, count]) => [{ method }, count]),
    ),
    counter(
      "http_responses_total",
      "Requests that are over, by the first digit of the status; none: without a response.",
      traffic.responses.map((count, digit) => [{ status: digit === 0 ? "none" : `${digit}xx` }, count]),
    ),
    counter("http_responses_cut_total", "Responses that did not reach the client as a whole.", traffic.cut),
    counter("http_refused_total", "What was answered although it was no request (400, 408, …).", traffic.refused),
    histogram(
      "http_request_duration_seconds",
      "From the head of a request to the last byte of its response.",
      traffic.durations,
    ),
    counter("http_received_bytes_total", "Bytes of request bodies.", traffic.receivedBytes),
    counter("http_sent_bytes_total", "Bytes of response bodies.", traffic.sentBytes),
    counter("connections_accepted_total", "Connections that clients have made.", traffic.accepted),
    counter("tls_handshakes_failed_total", "TLS handshakes that came to nothing.", traffic.handshakesFailed),
    gauge("connections", "Connections that are open.", [
      [{ state: "busy" }, present.busyConnections],
      [{ state: "idle" }, present.connections - present.busyConnections],
    ]),
    histogram("queue_seconds", "How long requests waited for a thread of the application.", traffic.waits),
    counter("queue_expired_total", "Requests that waited for too long.", traffic.expired),
    gauge("queue_length", "Requests that wait for a thread of the application.", present.waiting),
    gauge("queue_oldest_seconds", "How long the first of them has been waiting.", present.oldestWaitMs / 1000),
    gauge("requests_running", "Requests that workers have in hand.", present.running),
    gauge(
      "workers",
      "Workers of the application by what they are about.",
      states.map((state) => [{ state }, applicationWorkers(report).filter((worker) => worker.state === state).length]),
    ),
    gauge(
      "workers_loaded",
      "Workers that take requests and have an application: its load may have failed.",
      applicationWorkers(report).filter(({ loaded, state }) => state === "ready" && loaded).length,
    ),
    gauge("worker_threads", "Request threads there are to be in all.", present.threads),
    gauge("worker_threads_busy", "Request threads that run a request.", present.busyThreads),
    counter("worker_requests_total", "Requests that workers have finished.", report.workerRequests),
    counter(
      "worker_ends_total",
      "Workers that have ended, by the reason.",
      Object.entries(report.workerEnds).map(([reason, count]) => [{ reason }, count]),
    ),
    gauge("worker_resident_bytes_max", "Memory of the largest worker.", Math.max(0, ...workers.map(rssOf))),
    gauge("front_ends", "Front ends that run.", frontEnds.length),
    counter("front_end_ends_total", "Front ends that have ended.", report.frontEndEnds),
    gauge("services", "Processes of --service-script that run.", services.length),
    counter("cpu_seconds_total", "Processor time, also of processes that are gone.", [
      [{ role: "supervisor" }, cpuMs.supervisor / 1000],
      [{ role: "front_end" }, cpuMs.frontEnds / 1000],
      [{ role: "worker" }, cpuMs.workers / 1000],
    ]),
    gauge("resident_bytes", "Memory in RAM, pages that processes share counted for each.", [
      [{ role: "supervisor" }, report.rssBytes],
      [{ role: "front_end" }, frontEnds.reduce((all, one) => all + one.rssBytes, 0)],
      [{ role: "worker" }, workers.reduce((all, one) => all + one.rssBytes, 0)],
    ]),
  ].join("");
}

function rssOf({ rssBytes }: { readonly rssBytes: number }): number {
  return rssBytes;
}

function gauge(name: string, help: string, value: number | readonly Sample[]): string {
  return family(name, "gauge", help, samples(name, value));
}

function counter(name: string, help: string, value: number | readonly Sample[]): string {
  return family(name, "counter", help, samples(name, value));
}

/** Each bucket holds what is in the smaller ones, too. */
function histogram(name: string, help: string, data: Histogram): string {
  let below = 0;
  const buckets = BOUNDS_MS.map((bound, range): Sample => {
    below += data.counts[range] ?? 0;
    return [{ le: String(bound / 1000) }, below];
  });
  const all = countOf(data);
  return family(
    name,
    "histogram",
    help,
    samples(`${name}_bucket`, [...buckets, [{ le: "+Inf" }, all]]) +
      samples(`${name}_sum`, data.totalMs / 1000) +
      samples(`${name}_count`, all),
  );
}

function family(name: string, type: string, help: string, lines: string): string {
  return `# HELP malt_${name} ${help}\n# TYPE malt_${name} ${type}\n${lines}`;
}

function samples(name: string, value: number | readonly Sample[]): string {
  const all: readonly Sample[] = typeof value === "number" ? [[{}, value]] : value;
  return all.map(([labels, each]) => `malt_${name}${written(labels)} ${each}\n`).join("");
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
