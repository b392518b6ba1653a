/** What `malt top` shows: what happened between two reports. Pure. */

import { between, quantile } from "../metrics/histogram.ts";
import type { Report, WorkerReport } from "../metrics/report.ts";
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
  const lines = [...summary(before, report), "", ...workerLines(before, report), "", ...requestLines(report)];
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

function workerLines(before: Report, report: Report): readonly string[] {
  const earlier = new Map(before.workers.map((worker) => [worker.id, worker]));
  const ms = Math.max(1, report.now - before.now);
  const rows = report.workers.map((worker) => workerCells(worker, earlier.get(worker.id), ms));
  return [["PID", "STATE", "UP", "REQUESTS", "REQ/S", "CPU%", "MEMORY", "THREADS"], ...rows].map((cells) =>
    cells.map((cell, column) => cell.padEnd(COLUMNS[column] ?? 0)).join(" "),
  );
}

function workerCells(worker: WorkerReport, earlier: WorkerReport | undefined, ms: number): string[] {
  const { cpuMs, pid, rssBytes, served, state, uptimeMs } = worker;
  const rate = (Math.max(0, served - (earlier?.served ?? 0)) * 1000) / ms;
  const load = (Math.max(0, cpuMs - (earlier?.cpuMs ?? 0)) * 100) / ms;
  const shown = [grouped(served), rate.toFixed(1), load.toFixed(0), size(rssBytes), doingOf(worker)];
  return [String(pid), state, span(uptimeMs), ...shown];
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
