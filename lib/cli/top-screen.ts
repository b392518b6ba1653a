/** What `malt top` shows: what happened between two reports. Pure. */

import { between, quantile } from "../metrics/histogram.ts";
import type { FrontEndReport, Report, WorkerReport } from "../metrics/report.ts";
import { presentOf, runningRequests } from "../metrics/present.ts";
import { slotsOf } from "../metrics/scoreboard.ts";
import { counted, grouped, size, span } from "../metrics/spans.ts";
import { requestsIn } from "../metrics/traffic.ts";
import { clipped, printable } from "./printable.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const COLUMNS = [8, 10, 10, 10, 8, 6, 10] as const;

/** As many lines as fit, none longer than the screen is wide. */
export function topScreen(before: Report, report: Report, { columns, rows }: Size): readonly string[] {
  const lines = [...summary(before, report), "", ...processLines(before, report), "", ...requestLines(report)];
  return lines.slice(0, rows).map((line) => clipped(printable(line), columns));
}

function summary(before: Report, report: Report): readonly string[] {
  const { now, program, startedAt, traffic, url } = report;
  const seconds = Math.max(0.001, (now - before.now) / 1000);
  const perSecond = (later: number, earlier: number) => Math.max(0, later - earlier) / seconds;
  const rate = perSecond(requestsIn(traffic), requestsIn(before.traffic));
  const errors = perSecond(traffic.responses[5] ?? 0, before.traffic.responses[5] ?? 0);
  const durations = between(before.traffic.durations, traffic.durations);
  const half = quantile(durations, 0.5);
  const most = quantile(durations, 0.95);
  const took = half === null || most === null ? "–" : `half within ${span(half)}, 95 of 100 within ${span(most)}`;
  const present = presentOf(report);
  const oldest = present.waiting > 0 ? `, the first for ${span(present.oldestWaitMs)}` : "";
  return [
    `${url}  malt ${program.version}, pid ${report.pid}, up for ${span(now - startedAt)}`,
    `Requests     ${rate.toFixed(1)}/s, ${errors.toFixed(1)}/s of them 5xx, ${grouped(requestsIn(traffic))} so far; ${took}`,
    `Threads      ${present.busyThreads} of ${present.threads} busy, ${counted(present.waiting, "request")} waiting${oldest}`,
    `Connections  ${grouped(present.connections)}, ${grouped(present.busyConnections)} busy;` +
      ` bodies in ${size(perSecond(traffic.receivedBytes, before.traffic.receivedBytes))}/s,` +
      ` out ${size(perSecond(traffic.sentBytes, before.traffic.sentBytes))}/s`,
  ];
}

function processLines(before: Report, report: Report): readonly string[] {
  const workers = new Map(before.workers.map((worker) => [worker.id, worker]));
  const frontEnds = new Map(before.frontEnds.map((frontEnd) => [frontEnd.pid, frontEnd]));
  const ms = Math.max(1, report.now - before.now);
  const rows = [
    ...report.frontEnds.map((frontEnd) => frontEndCells(frontEnd, frontEnds.get(frontEnd.pid), ms)),
    ...report.workers.map((worker) => workerCells(worker, workers.get(worker.id), ms)),
  ];
  return [["PID", "STATE", "UP", "REQUESTS", "REQ/S", "CPU%", "MEMORY", "THREADS"], ...rows].map((row) =>
    row.map((cell, column) => cell.padEnd(COLUMNS[column] ?? 0)).join(" "),
  );
}

function frontEndCells(frontEnd: FrontEndReport, earlier: FrontEndReport | undefined, ms: number): string[] {
  const { counts } = frontEnd;
  const done = counts === null ? null : requestsIn(counts.traffic);
  const before = earlier?.counts ? requestsIn(earlier.counts.traffic) : 0;
  const doing = counts === null ? "does not answer" : counted(counts.connections, "connection");
  return cells(frontEnd, earlier, done === null ? null : [done, before], ms, `front end, ${doing}`);
}

function workerCells(worker: WorkerReport, earlier: WorkerReport | undefined, ms: number): string[] {
  return cells(worker, earlier, [worker.served, earlier?.served ?? 0], ms, doingOf(worker));
}

interface Process {
  readonly pid: number;
  readonly state: string;
  readonly uptimeMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** @param requests so far, and as many as there had been before; null when that isn't known. */
function cells(
  { cpuMs, pid, rssBytes, state, uptimeMs }: Process,
  earlier: Process | undefined,
  requests: readonly [now: number, before: number] | null,
  ms: number,
  doing: string,
): string[] {
  const rate = requests === null ? "" : ((Math.max(0, requests[0] - requests[1]) * 1000) / ms).toFixed(1);
  const load = (Math.max(0, cpuMs - (earlier?.cpuMs ?? 0)) * 100) / ms;
  const total = requests === null ? "" : grouped(requests[0]);
  return [String(pid), state, span(uptimeMs), total, rate, load.toFixed(0), size(rssBytes), doing];
}

function doingOf(worker: WorkerReport): string {
  const slots = slotsOf(worker).map((slot) => slot.state);
  if (worker.state !== "ready") return slots.join("");
  if (!worker.answers) return "does not answer";
  return worker.loaded ? slots.join("") : `${slots.join("")} could not load the application`;
}

/** What runs now. */
function requestLines(report: Report): readonly string[] {
  const rows = runningRequests(report).map(({ pid, thread, runningMs, client, what }) => [
    span(runningMs),
    `${pid}/${thread}`,
    client,
    what,
  ]);
  return [["RUNNING", "PID/THREAD", "CLIENT", "REQUEST"], ...rows].map(
    ([age = "", where = "", client = "", what = ""]) =>
      `${age.padEnd(10)} ${where.padEnd(12)} ${client.padEnd(16)} ${what}`,
  );
}
