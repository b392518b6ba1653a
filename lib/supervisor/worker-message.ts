/**
 * The messages of a worker, checked: its end of the control socket lives in the application's process, so nothing that
 * comes from there is taken on trust. Pure.
 */

import type { ActiveRequest, FromWorkerMessage } from "../control/worker.ts";
import type { RunningRequest, Stack, ThreadReport } from "../metrics/report.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A message of the contract; undefined when the line is none. */
export function parseWorkerMessage(line: string): FromWorkerMessage | undefined {
  const fields = jsonObject(line);
  if (fields === undefined) return undefined;
  const { kind } = fields;
  switch (kind) {
    case "ready": {
      const { loaded, python } = fields;
      return typeof loaded === "boolean" && typeof python === "string" ? { kind, loaded, python } : undefined;
    }
    case "beat":
      return parseBeat(fields);
    case "log": {
      const { level, tid, remote, about, text } = fields;
      if (typeof level !== "string" || !isNumber(tid) || typeof text !== "string") return undefined;
      return {
        kind,
        level,
        tid,
        text,
        ...(typeof remote === "string" ? { remote } : {}),
        ...(isFields(about) ? { about: texts(about) } : {}),
      };
    }
    case "leave": {
      const { why, reason, serving } = fields;
      if (typeof why !== "string" || typeof reason !== "string" || typeof serving !== "boolean") return undefined;
      return { kind, why, reason, serving };
    }
    case "description":
      return parseDescription(fields);
    case "metrics-wanted": {
      const { query } = fields;
      return isNumber(query) ? { kind, query } : undefined;
    }
    case "stopped":
      return { kind };
    case "interrupted": {
      const { prompt } = fields;
      return typeof prompt === "boolean" ? { kind, prompt } : undefined;
    }
    default:
      return undefined;
  }
}

function parseBeat({ served, counted, active, cpuMs, rssBytes, loaded }: Fields): FromWorkerMessage | undefined {
  if (!isNumber(served) || !isNumber(counted) || !isNumber(cpuMs) || !isNumber(rssBytes)) return undefined;
  if (!Array.isArray(active) || typeof loaded !== "boolean") return undefined;
  const requests = active.map(parseActive);
  if (requests.includes(undefined)) return undefined;
  const known = requests.filter((request) => request !== undefined);
  return { kind: "beat", served, counted, active: known, cpuMs, rssBytes, loaded };
}

function parseActive(value: unknown): ActiveRequest | undefined {
  if (!isFields(value)) return undefined;
  const { thread, id, runningMs, what, ignored } = value;
  if (!isNumber(thread) || !isNumber(id) || !isNumber(runningMs)) return undefined;
  if (typeof what !== "string" || typeof ignored !== "boolean") return undefined;
  return { thread, id, runningMs, what, ignored };
}

function parseDescription({ query, threads, stacks }: Fields): FromWorkerMessage | undefined {
  if (!isNumber(query) || !Array.isArray(threads) || !Array.isArray(stacks)) return undefined;
  const known = threads.map(parseThread).filter((thread) => thread !== undefined);
  const told = stacks.map(parseStack).filter((stack) => stack !== undefined);
  if (known.length < threads.length || told.length < stacks.length) return undefined;
  return { kind: "description", query, threads: known, stacks: told };
}

function parseThread(value: unknown): ThreadReport | undefined {
  if (!isFields(value)) return undefined;
  const { number, served, sentBytes, idleMs } = value;
  const request = value["request"] === null ? null : parseRunning(value["request"]);
  if (!isNumber(number) || !isNumber(served) || request === undefined) return undefined;
  if (idleMs !== null && !isNumber(idleMs)) return undefined;
  if (sentBytes !== null && !isNumber(sentBytes)) return undefined;
  return { number, served, sentBytes, idleMs, request };
}

function parseRunning(value: unknown): RunningRequest | undefined {
  if (!isFields(value)) return undefined;
  const { what, runningMs, client, host } = value;
  if (typeof what !== "string" || !isNumber(runningMs)) return undefined;
  if (typeof client !== "string" || typeof host !== "string") return undefined;
  return { what, runningMs, client, host };
}

function parseStack(value: unknown): Stack | undefined {
  if (!isFields(value)) return undefined;
  const { thread, name, frames } = value;
  if ((thread !== null && !isNumber(thread)) || typeof name !== "string") return undefined;
  if (!Array.isArray(frames) || !frames.every((frame) => typeof frame === "string")) return undefined;
  return { thread, name, frames };
}

function jsonObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function texts(fields: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
