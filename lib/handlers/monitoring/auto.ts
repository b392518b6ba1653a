/** The report in the form of Apache's `/server-status?auto`, for what reads that: munin, collectd, exporters. Pure. */

import { cpus, loadavg } from "node:os";
import { applicationWorkers, presentOf } from "../../metrics/present.ts";
import type { Report } from "../../metrics/report.ts";
import { slotsOf } from "../../metrics/scoreboard.ts";
import { requestsIn } from "../../metrics/traffic.ts";
import { spanInWords } from "../../metrics/spans.ts";

export function autoText(report: Report, load: readonly number[] = loadavg()): string {
  const { cpuMs, now, startedAt, traffic } = report;
  const workers = applicationWorkers(report);
  const uptime = Math.max(1, Math.floor((now - startedAt) / 1000));
  const requests = requestsIn(traffic);
  const slots = workers.flatMap((worker) => slotsOf(worker)).map(({ state }) => state);
  const count = (...states: readonly string[]) => slots.filter((state) => states.includes(state)).length;
  const { busyConnections, connections } = presentOf(report);
  const cpuSeconds = (cpuMs.supervisor + cpuMs.frontEnds + cpuMs.workers) / 1000;
  const rows: readonly (readonly [key: string, value: string | number])[] = [
    ["ServerVersion", `Malt/${report.program.version}`],
    ["ServerMPM", "event"],
    ["Server Built", "unknown"],
    ["CurrentTime", new Date(now).toUTCString()],
    ["RestartTime", new Date(startedAt).toUTCString()],
    ["ParentServerConfigGeneration", 1],
    ["ParentServerMPMGeneration", 0],
    ["ServerUptimeSeconds", uptime],
    ["ServerUptime", spanInWords(uptime * 1000)],
    ["Load1", load[0] ?? 0],
    ["Load5", load[1] ?? 0],
    ["Load15", load[2] ?? 0],
    ["Total Accesses", requests],
    ["Total kBytes", Math.floor(traffic.sentBytes / 1024)],
    ["Total Duration", Math.round(traffic.durations.totalMs)],
    // All in one: /proc has the sum of both for the processes that are gone.
    ["CPUUser", cpuSeconds],
    ["CPUSystem", 0],
    ["CPUChildrenUser", 0],
    ["CPUChildrenSystem", 0],
    ["CPULoad", (100 * cpuSeconds) / uptime / Math.max(1, cpus().length)],
    ["Uptime", uptime],
    ["ReqPerSec", requests / uptime],
    ["BytesPerSec", traffic.sentBytes / uptime],
    ...(requests === 0
      ? []
      : ([
          ["BytesPerReq", traffic.sentBytes / requests],
          ["DurationPerReq", traffic.durations.totalMs / requests],
        ] as const)),
    ["BusyWorkers", count("W")],
    ["GracefulWorkers", count("G")],
    ["IdleWorkers", count("_")],
    ["Processes", workers.length],
    ["Stopping", workers.filter(({ state }) => state === "draining" || state === "stopping").length],
    ["ConnsTotal", connections],
    ["ConnsAsyncWaitIO", 0],
    ["ConnsAsyncWriting", busyConnections],
    ["ConnsAsyncKeepAlive", connections - busyConnections],
    ["ConnsAsyncClosing", 0],
    ["Scoreboard", slots.join("")],
  ];
  return rows.map(([key, value]) => `${key}: ${value}\n`).join("");
}
