/** A report of which a test gives what it cares about. */

import type { FrontEndReport, Report, WorkerReport } from "../../lib/metrics/report.ts";
import { NO_TRAFFIC } from "../../lib/metrics/traffic.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export function reportOf(given: Partial<Report> = {}): Report {
  return {
    program: { name: "malt", version: "1.2.3" },
    url: "http://localhost:8000/",
    pid: 100,
    startedAt: NOW - 3_600_000,
    now: NOW,
    traffic: NO_TRAFFIC,
    frontEnds: [frontEndOf()],
    workers: [workerOf()],
    services: [],
    capacity: { processes: 1, threads: 2, maxClients: 20 },
    cpuMs: { supervisor: 1, frontEnds: 2, workers: 3 },
    rssBytes: 1,
    frontEndEnds: 0,
    workerRequests: 0,
    workerEnds: {},
    recentEnds: [],
    ...given,
  };
}

export function frontEndOf(given: Partial<FrontEndReport> = {}): FrontEndReport {
  const counts = { traffic: NO_TRAFFIC, connections: 0, busy: 0, running: 0, waiting: 0, oldestWaitMs: 0 };
  return { pid: 101, state: "ready", uptimeMs: 1000, cpuMs: 10, rssBytes: 1024, counts, ...given };
}

export function workerOf(given: Partial<WorkerReport> = {}): WorkerReport {
  return {
    id: 1,
    pid: 102,
    pool: "application",
    threadCount: 2,
    state: "ready",
    why: "",
    outgoing: false,
    uptimeMs: 1000,
    loaded: true,
    python: "cpython 3.13.1",
    served: 0,
    cpuMs: 100,
    rssBytes: 2048,
    silentMs: 10,
    answers: true,
    threads: [threadOf(1), threadOf(2)],
    ...given,
  };
}

export function threadOf(number: number, what: string | null = null): WorkerReport["threads"][number] {
  const request = what === null ? null : { what, runningMs: 1500, client: "192.0.2.1", host: "example.org" };
  return { number, served: 0, sentBytes: null, idleMs: null, request };
}
