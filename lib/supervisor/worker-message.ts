/**
 * The messages of a worker, checked: its end of the control socket lives in the application's process, so nothing that
 * comes from there is taken on trust. Pure.
 */

import type { ActiveRequest, FromWorkerMessage } from "../control/worker.ts";

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
