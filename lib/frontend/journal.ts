/** What a front end writes: the access log on descriptor 1, the error log on descriptor 2. */

import { RECORD_MARK } from "../control/frontend.ts";
import type { Exchange } from "../http/exchange.ts";
import { compileAccessFormat, lettersIn, type AccessFormatter } from "../logs/access-format.ts";
import type { AccessRecord } from "../logs/access-record.ts";
import { errorLayout } from "../logs/error-format.ts";
import { jsonAccess } from "../logs/json-lines.ts";
import { levelFilter } from "../logs/levels.ts";
import { lineWriter } from "../logs/line-writer.ts";
import { lineAreas, SHARED_LINES_BYTES } from "../logs/shared-lines.ts";
import { nowUs } from "../os/clock.ts";
import { mapSharedMemory } from "../os/shared-memory.ts";
import type { LogLevel } from "../settings/log-level.ts";
import type { Logs, Settings } from "../settings/settings.ts";
import type { LoggedSite } from "./access.ts";
import { requestVariables } from "./request-variables.ts";

// Waking the supervisor, and its thread that writes, costs some 100 µs: too much for each turn of the event loop, in which
// there are only a few requests, and nothing twenty times a second.
const GATHER_MS = 50;

export interface Journal {
  /** A record. `client` is the client it is about, "ADDRESS:PORT", `exchange` the request. */
  error(level: LogLevel, text: string, client?: string, exchange?: Exchange): void;
  /** null without --access-log: then nobody need put a record together. */
  readonly access: ((record: AccessRecord) => void) | null;
  /** The directives of the access log: what must be observed for it. */
  readonly letters: ReadonlySet<string>;
  /** Resolves once everything has left the process. */
  flush(): Promise<void>;
}

/**
 * @param sharedFd memory in which lines of the access log outlive this process; null without
 * @throws Error when a format names something that does not exist (validated before, so a bug)
 */
export function openJournal(
  { logs }: Settings,
  { serverName, variables }: LoggedSite,
  sharedFd: number | null,
): Journal {
  const errors = lineWriter(2);
  const passes = levelFilter(logs);
  const layout = errorLayout(logs, serverName);
  const format = accessFormatter(logs);
  const error: Journal["error"] = (level, text, client, exchange) => {
    if (!passes("wsgi", level)) return;
    const { pid } = process;
    const about = exchange === undefined ? undefined : requestVariables(exchange, layout.variables, variables);
    const line = layout.line({ timeUs: nowUs(), module: "wsgi", level, pid, tid: pid, client, about, text });
    errors.write(RECORD_MARK + line);
  };
  const memory = sharedFd === null ? null : mapSharedMemory(sharedFd, SHARED_LINES_BYTES);
  const accesses = lineWriter(
    1,
    GATHER_MS,
    (lost) =>
      error("error", `${lost} lines of the access log were left out: they could not be written as fast as they came`),
    memory === null ? [] : lineAreas(memory),
  );
  return {
    error,
    access:
      format === null
        ? null
        : (record) => {
            const line = accesses.begin();
            if (line === null) return;
            format(line, record);
            accesses.end();
          },
    letters: format === null || logs.format === "json" ? new Set() : lettersIn(logs.accessFormat),
    async flush() {
      await Promise.all([errors.flush(), accesses.flush()]);
    },
  };
}

function accessFormatter({ accessFormat, accessLog, format }: Logs): AccessFormatter | null {
  if (accessLog === null) return null;
  if (format === "json") return jsonAccess;
  const compiled = compileAccessFormat(accessFormat);
  if (typeof compiled !== "function") throw new Error(compiled.problem);
  return compiled;
}
