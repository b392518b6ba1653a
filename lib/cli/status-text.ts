/** What `malt status` and `malt stacks` print. Pure. */

import { quantile } from "../metrics/histogram.ts";
import { presentOf, runningRequests } from "../metrics/present.ts";
import type { FrontEndReport, Report, RunningRequest, Stack, WorkerReport } from "../metrics/report.ts";
import { counted, grouped, size, span, spanInWords } from "../metrics/spans.ts";
import { requestsIn } from "../metrics/traffic.ts";
import { printable } from "./printable.ts";

/** How many ends of workers are told: the page has more. */
const ENDS = 5;

export function statusText(report: Report): string {
  const { frontEnds, now, program, recentEnds, services, startedAt, traffic, url, workers } = report;
  const present = presentOf(report);
  const requests = requestsIn(traffic);
  const rate = (requests * 1000) / Math.max(1000, now - startedAt);
  const lines: [label: string, text: string][] = [
    ["server", `${url} up for ${spanInWords(now - startedAt)}, malt ${program.version}, pid ${report.pid}`],
    ["requests", `${grouped(requests)}, ${rate.toFixed(1)} a second on average${classes(traffic.responses)}`],
    ["durations", durations(report)],
    [
      "now",
      `${present.busyThreads} of ${present.threads} threads busy, ${counted(present.waiting, "request")} waiting`,
    ],
    ["connections", `${grouped(present.connections)}, ${grouped(present.busyConnections)} of them busy`],
  ];
  for (const frontEnd of frontEnds) lines.push(["front end", frontEndText(frontEnd)]);
  for (const worker of workers) {
    lines.push(["worker", workerText(worker)]);
    for (const request of runningRequests({ workers: [worker] })) lines.push(["", `  ${requestText(request)}`]);
  }
  for (const { name, pid, uptimeMs } of services) lines.push(["service", `${pid} ${name}, up for ${span(uptimeMs)}`]);
  for (const { at, pid, why, livedMs } of recentEnds.slice(0, ENDS)) {
    lines.push(["ended", `${pid} ${span(now - at)} ago: ${why}; it lived for ${span(livedMs)}`]);
  }
  return lines.map(([label, text]) => `${label.padEnd(12)}${printable(text)}\n`).join("");
}

/** Every worker with every thread, request threads first. */
export function stacksText({ workers }: Report): string {
  return workers.map((worker) => `worker ${printable(workerText(worker))}\n${stacksOf(worker)}`).join("\n");
}

function stacksOf({ answers, pid, stacks = [], state, threads }: WorkerReport): string {
  if (!answers) {
    const loading = state === "starting" ? "it is being loaded" : "its interpreter is busy or stuck";
    return `  it did not answer: ${loading}; kill -QUIT ${pid} has its stacks written to the error log\n`;
  }
  const sorted = stacks.toSorted((one, other) => placeOf(one) - placeOf(other));
  return sorted
    .map(({ thread, name, frames }) => {
      const request = threads.find(({ number }) => number === thread)?.request ?? null;
      const doing = request === null ? (thread === null ? "" : ": waits for a request") : `: ${requestText(request)}`;
      const title = thread === null ? `thread ${name}` : `request thread ${thread}${doing}`;
      return [title, ...frames.map((frame) => `    ${frame}`)].map((line) => `  ${printable(line)}\n`).join("");
    })
    .join("");
}

function placeOf({ thread }: Stack): number {
  return thread ?? Number.MAX_SAFE_INTEGER;
}

function requestText({ what, runningMs, client }: RunningRequest): string {
  return `${what} for ${span(runningMs)}${client === "" ? "" : `, from ${client}`}`;
}

function workerText(worker: WorkerReport): string {
  const { cpuMs, loaded, pid, rssBytes, served, state, uptimeMs } = worker;
  const remarks = [
    ...(state === "ready" && !loaded ? ["it could not load the application"] : []),
    ...(state === "ready" && !worker.answers ? ["it does not answer"] : []),
    ...(worker.why === "" ? [] : [worker.why]),
  ];
  const facts = [
    `up for ${span(uptimeMs)}`,
    counted(served, "request"),
    size(rssBytes),
    `${span(cpuMs)} of processor time`,
  ];
  return `${pid}${worker.pool === "access" ? " (access scripts)" : ""} ${state}, ${[...facts, ...remarks].join(", ")}`;
}

function frontEndText({ counts, cpuMs, pid, rssBytes, state, uptimeMs }: FrontEndReport): string {
  const did = counts === null ? "it does not answer" : counted(requestsIn(counts.traffic), "request");
  return `${pid} ${state}, up for ${span(uptimeMs)}, ${did}, ${size(rssBytes)}, ${span(cpuMs)} of processor time`;
}

function classes(responses: readonly number[]): string {
  const parts = responses.flatMap((count, digit) => {
    if (count === 0) return [];
    return [`${grouped(count)} ${digit === 0 ? "without a response" : `${digit}xx`}`];
  });
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function durations({ traffic }: Report): string {
  const half = quantile(traffic.durations, 0.5);
  const most = quantile(traffic.durations, 0.95);
  return half === null || most === null ? "none yet" : `half within ${span(half)}, 95 of 100 within ${span(most)}`;
}
