/** The status page for people: one document without scripts or anything from elsewhere, for a wide screen or a phone. Pure. */

import { escapeHtml } from "../../http/html.ts";
import { BOUNDS_MS, countOf, quantile, type Histogram } from "../../metrics/histogram.ts";
import { presentOf, runningRequests } from "../../metrics/present.ts";
import type { FrontEndReport, Report, WorkerEnd, WorkerReport } from "../../metrics/report.ts";
import { slotsOf, type Slot } from "../../metrics/scoreboard.ts";
import { grouped, size, span, spanInWords } from "../../metrics/spans.ts";
import { requestsIn } from "../../metrics/traffic.ts";
import { STYLE } from "./status-style.ts";

export function statusPage(report: Report): string {
  const { program, url, now, startedAt } = report;
  const title = `Status of ${url}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(url)}</h1>
<p>Malt ${escapeHtml(program.version)}, up for ${spanInWords(now - startedAt)} (since ${clock(startedAt)}), pid ${report.pid}</p>
</header>
<main>
${tiles(report)}
${running(report)}
${workerCards(report)}
${charts(report)}
${section("Front ends", frontEnds(report.frontEnds))}
${services(report)}
${section("Workers that have ended", ends(report))}
</main>
<footer>${clock(now)}. For programs: <a href="?auto">?auto</a>, <a href="?json">?json</a>. <a href="?refresh=5">Refresh every 5 seconds</a>.</footer>
</body>
</html>
`;
}

function tiles(report: Report): string {
  const { now, startedAt, traffic } = report;
  const { busyConnections, busyThreads, connections, oldestWaitMs, threads, waiting } = presentOf(report);
  const requests = requestsIn(traffic);
  const errors = traffic.responses[5] ?? 0;
  const perSecond = (requests * 1000) / Math.max(1000, now - startedAt);
  return `<div class="tiles">
${tile("Requests", grouped(requests), `${perSecond.toFixed(1)} a second on average`)}
${tile("Running", `${busyThreads} <small>of ${threads}</small>`, meter(busyThreads, threads))}
${tile("Waiting", grouped(waiting), waiting === 0 ? "none" : `the first for ${span(oldestWaitMs)}`, waiting > 0 ? "warn" : "")}
${tile("Half take at most", took(traffic.durations, 0.5), `95 of 100: ${took(traffic.durations, 0.95)}`)}
${tile("Server errors", grouped(errors), `${grouped(traffic.cut)} responses were cut`, errors > 0 ? "warn" : "")}
${tile("Connections", grouped(connections), `${grouped(busyConnections)} busy, ${grouped(traffic.accepted)} so far`)}
</div>`;
}

/** `value` and `more` are HTML. */
function tile(label: string, value: string, more: string, mood = ""): string {
  return `<div class="tile ${mood}"><h2>${label}</h2><p class="value">${value}</p><p class="more">${more}</p></div>`;
}

function meter(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole));
  return `<span class="meter"><span style="width:${percent}%"></span></span>`;
}

function running(report: Report): string {
  const rows = runningRequests(report).map(({ pid, thread, what, runningMs, client, host }) => [
    `<code>${escapeHtml(what)}</code>`,
    span(runningMs),
    escapeHtml(client),
    escapeHtml(host),
    `${pid} / ${thread}`,
  ]);
  const heads = ["Request", "For", "Client", "Host", "Worker / thread"];
  return section("Requests that run", rows.length === 0 ? '<p class="none">None.</p>' : grid(heads, rows));
}

function workerCards({ workers: all }: Report): string {
  const cards = all.map((worker) => workerCard(worker));
  return section(
    "Workers",
    all.length === 0 ? '<p class="none">None.</p>' : `<div class="cards">${cards.join("\n")}</div>`,
  );
}

function workerCard(worker: WorkerReport): string {
  const slots = slotsOf(worker);
  const facts: readonly (readonly [string, string])[] = [
    ["up for", span(worker.uptimeMs)],
    ["requests", grouped(worker.served)],
    ["memory", size(worker.rssBytes)],
    ["processor", span(worker.cpuMs)],
    ["Python", escapeHtml(worker.python || "–")],
  ];
  const list = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join("");
  return `<article class="worker ${worker.state}">
<h3>${worker.pid}${worker.pool === "access" ? " access scripts" : ""} <span class="state">${worker.outgoing ? "is being replaced" : worker.state}</span></h3>
<div class="threads">${slots.map(square).join("")}</div>
<dl>${list}</dl>
${remarks(worker)}</article>`;
}

function square({ state, thread: { number, request } }: Slot): string {
  const doing = request === null ? "idle" : `${request.what}, ${span(request.runningMs)}`;
  const kind = request === null ? { _: "idle", W: "busy", S: "starting", G: "leaving" }[state] : "busy";
  return `<span class="${kind}" title="${escapeHtml(`thread ${number}: ${doing}`)}"></span>`;
}

function remarks({ answers, loaded, silentMs, state, why }: WorkerReport): string {
  const texts = [
    ...(why === "" ? [] : [escapeHtml(why)]),
    ...(state === "ready" && !loaded ? ["It could not load the application: the error log says why."] : []),
    ...(state === "ready" && !answers
      ? [`It does not answer; it last gave a sign of life ${span(silentMs)} ago.`]
      : []),
  ];
  return texts.map((text) => `<p class="remark">${text}</p>`).join("\n");
}

function charts({ traffic }: Report): string {
  const names = ["no response", "1xx", "2xx", "3xx", "4xx", "5xx"];
  const responses = names.map((name, digit) => [name, traffic.responses[digit] ?? 0] as const);
  const seen = responses.filter(([name, count]) => count > 0 || name === "2xx");
  return `<div class="pair">
${section("Responses", bars(seen))}
${section("How long requests take", bars(ranges(traffic.durations)))}
${section("How long they wait for a thread", bars(ranges(traffic.waits)))}
</div>`;
}

/** Those between the first and the last that have something in them. */
function ranges(data: Histogram): readonly (readonly [string, number])[] {
  const names = [...BOUNDS_MS.map((ms) => `≤ ${ms < 1000 ? `${ms} ms` : `${ms / 1000} s`}`), "longer"];
  const first = data.counts.findIndex((count) => count > 0);
  const last = data.counts.findLastIndex((count) => count > 0);
  return first < 0 ? [] : names.slice(first, last + 1).map((name, at) => [name, data.counts[first + at] ?? 0] as const);
}

function bars(rows: readonly (readonly [name: string, count: number])[]): string {
  if (rows.length === 0) return '<p class="none">None yet.</p>';
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const lines = rows.map(
    ([name, count]) =>
      `<tr><th scope="row">${name}</th><td class="bar">${meter(count, most)}</td><td class="number">${grouped(count)}</td></tr>`,
  );
  return `<table class="bars">${lines.join("")}</table>`;
}

function frontEnds(all: readonly FrontEndReport[]): string {
  const rows = all.map(({ pid, state, uptimeMs, cpuMs, rssBytes, counts }) => [
    `${pid} ${state === "ready" ? "" : state}`,
    span(uptimeMs),
    ...(counts === null
      ? ["does not answer", "", ""]
      : [
          grouped(requestsIn(counts.traffic)),
          `${grouped(counts.connections)} (${grouped(counts.busy)} busy)`,
          `${size(counts.traffic.receivedBytes)} / ${size(counts.traffic.sentBytes)}`,
        ]),
    span(cpuMs),
    size(rssBytes),
  ]);
  return grid(["pid", "Up for", "Requests", "Connections", "Bodies in / out", "Processor", "Memory"], rows);
}

function services({ services: all }: Report): string {
  if (all.length === 0) return "";
  const rows = all.map(({ name, pid, uptimeMs }) => [escapeHtml(name), String(pid), span(uptimeMs)]);
  return section("Services", grid(["Name", "pid", "Up for"], rows));
}

function ends({ recentEnds, workerEnds }: Report): string {
  if (recentEnds.length === 0) return '<p class="none">None.</p>';
  const counts = Object.entries(workerEnds).map(([reason, count]) => `${escapeHtml(reason)}: ${count}`);
  const rows = recentEnds.map(({ at, pid, why, livedMs, served }: WorkerEnd) => [
    clock(at),
    String(pid),
    escapeHtml(why),
    span(livedMs),
    grouped(served),
  ]);
  return `<p>${counts.join(", ")}</p>${grid(["When", "pid", "Why", "It lived for", "Requests"], rows)}`;
}

/** `cells` are HTML. */
function grid(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join("");
  const body = rows.map((cells) => {
    // A phone has no room for columns: there each cell tells what it is.
    const filled = cells.map((cell, column) => `<td data-head="${heads[column] ?? ""}">${cell}</td>`);
    return `<tr>${filled.join("")}</tr>`;
  });
  return `<table class="grid"><thead><tr>${head}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

function section(title: string, html: string): string {
  return `<section><h2>${title}</h2>\n${html}\n</section>`;
}

function took(data: Histogram, share: number): string {
  const ms = quantile(data, share);
  return ms === null || countOf(data) === 0 ? "–" : span(ms);
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
