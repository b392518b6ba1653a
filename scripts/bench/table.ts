/** The tables of the benchmark as Markdown. Pure. */

import type { Outcome } from "./rounds.ts";
import type { Run } from "./run.ts";
import { median, ratio } from "./statistics.ts";
import { errorKinds } from "./load.ts";

export interface Summary {
  readonly requestsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cpuUsPerRequest: number | null;
  /** "" when no run had any. */
  readonly errors: string;
}

/** Medians over `runs`, and their errors in words. */
export function summarise(runs: readonly Run[]): Summary {
  return {
    requestsPerSecond: median(runs.map((run) => run.requestsPerSecond)),
    p50Ms: median(runs.flatMap(({ p50Ms }) => p50Ms ?? [])),
    p99Ms: median(runs.flatMap(({ p99Ms }) => p99Ms ?? [])),
    cpuUsPerRequest: median(runs.map((run) => run.cpuUsPerRequest)),
    errors: describeErrors(runs),
  };
}

/** The table of one workload: a row a server, with what Malt is by comparison. */
export function workloadTable(outcomes: readonly Outcome[], ours: string): string {
  const malt = outcomes.find((outcome) => outcome.server.name === ours);
  const reference = summarise(malt?.runs ?? []);
  const rows = outcomes.map(({ server, runs, failure }) => {
    const own = summarise(runs);
    const faster = server.name === ours ? null : ratio(reference.requestsPerSecond, own.requestsPerSecond);
    const leaner = server.name === ours ? null : ratio(own.cpuUsPerRequest, reference.cpuUsPerRequest);
    const marks = [own.errors, failure === null ? "" : `**failed after ${runs.length} runs**`];
    return [
      server.name,
      decimal(own.requestsPerSecond, 0),
      decimal(own.p50Ms, 2),
      decimal(own.p99Ms, 2),
      decimal(own.cpuUsPerRequest, 1),
      marks.filter((mark) => mark !== "").join("; ") || "none",
      faster === null ? "–" : `× ${faster.toFixed(2)}`,
      leaner === null ? "–" : `× ${leaner.toFixed(2)}`,
    ];
  });
  const head = ["server", "req/s", "p50 ms", "p99 ms", "CPU µs/req", "errors", "Malt's req/s", "Malt's req per CPU"];
  return markdownTable(head, rows, [1, 2, 3, 4, 6, 7]);
}

/** What the application costs by itself, from one measurement a round (µs). */
export function floorLine(costsUs: readonly number[]): string {
  return `The application alone, called in a loop by two processes at once: ${decimal(median(costsUs), 1)} CPU µs per call.`;
}

/** A Markdown table; the columns in `right` hold numbers. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const rule = head.map((_, column) => (right.includes(column) ? "--:" : "---"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** "12,345.6"; "–" when there is no number. */
export function decimal(value: number | null, digits: number): string {
  if (value === null) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function describeErrors(runs: readonly Run[]): string {
  const marked = runs.filter(({ errors }) => errorKinds.some((kind) => errors[kind] > 0));
  if (marked.length === 0) return "";
  const kinds = errorKinds.flatMap((kind) => {
    const count = marked.reduce((sum, { errors }) => sum + errors[kind], 0);
    return count === 0 ? [] : [`${decimal(count, 0)} ${kind === "status" ? "not 2xx" : kind}`];
  });
  return `**${kinds.join(", ")}** in ${marked.length} of ${runs.length} runs`;
}
