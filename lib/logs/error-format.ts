/** One record of the error log as one line, in Apache's default format. Pure. */

import type { LogLevel } from "../settings/log-level.ts";
import { escapeMessage } from "./escape.ts";
import { errorLogTime } from "./times.ts";

export interface ErrorRecord {
  /** µs since the epoch. */
  readonly timeUs: number;
  /** Who speaks, in Apache's words: "core", "wsgi", "mpm_event". */
  readonly module: string;
  readonly level: LogLevel;
  readonly pid: number;
  readonly tid: number;
  /** `ADDRESS:PORT` of the client, where the server itself writes about a request. */
  readonly client?: string | undefined;
  /** The same, where a worker does. */
  readonly remote?: string | undefined;
  /** The Referer of the request, for what Apache adds it to. */
  readonly referer?: string | undefined;
  readonly text: string;
}

// What Apache's buffer for one line holds (MAX_STRING_LEN).
const LINE_BYTES = 8192;

/** `[Mon Nov 23 06:59:45.138699 2026] [wsgi:error] [pid 84:tid 85] [remote 127.0.0.1:42908] message`, no newline. */
export function formatError(record: ErrorRecord): string {
  const { timeUs, module, level, pid, tid, client, remote, referer } = record;
  const whom =
    (client === undefined ? "" : ` [client ${escapeMessage(client)}]`) +
    (remote === undefined ? "" : ` [remote ${escapeMessage(remote)}]`);
  const suffix = referer === undefined ? "" : `, referer: ${escapeMessage(referer)}`;
  // Cut before escaping as well, so that a huge message costs no more than a long one.
  const text = escapeMessage(record.text.slice(0, LINE_BYTES));
  return cut(`[${errorLogTime(timeUs)}] [${module}:${level}] [pid ${pid}:tid ${tid}]${whom} ${text}${suffix}`);
}

/** At most 8 KB with its newline, and no character cut in two. */
function cut(line: string): string {
  // A UTF-16 unit is at most three bytes of UTF-8: short lines needn't be measured.
  if (line.length * 3 < LINE_BYTES) return line;
  const bytes = Buffer.from(line, "utf8");
  if (bytes.length < LINE_BYTES) return line;
  let end = LINE_BYTES - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
