/** What a front end writes: the access log on descriptor 1, the error log on descriptor 2. */

import type { AccessRecord } from "../logs/access-record.ts";
import { compileAccessFormat } from "../logs/access-format.ts";
import { formatError } from "../logs/error-format.ts";
import { levelFilter } from "../logs/levels.ts";
import { lineWriter } from "../logs/line-writer.ts";
import { nowUs } from "../os/clock.ts";
import type { LogLevel } from "../settings/log-level.ts";
import type { Settings } from "../settings/settings.ts";

export interface Journal {
  /** @param client "ADDRESS:PORT" of the client the record is about. */
  error(level: LogLevel, text: string, client?: string): void;
  /** null without --access-log: then nobody need put a record together. */
  readonly access: ((record: AccessRecord) => void) | null;
  /** Resolves once everything has left the process. */
  flush(): Promise<void>;
}

/** @throws Error when the access log's format names something that does not exist (validated before, so a bug). */
export function openJournal(settings: Settings): Journal {
  const errors = lineWriter(2);
  const accesses = lineWriter(1);
  const passes = levelFilter(settings.logs);
  const format = settings.logs.accessLog === null ? null : compileAccessFormat(settings.logs.accessFormat);
  if (format !== null && typeof format !== "function") throw new Error(format.problem);
  return {
    error(level, text, client) {
      if (!passes("wsgi", level)) return;
      const timeUs = nowUs();
      const { pid } = process;
      errors.write(formatError({ timeUs, module: "wsgi", level, pid, tid: pid, client, text }));
    },
    access: format === null ? null : (record) => accesses.write(format(record)),
    async flush() {
      await Promise.all([errors.flush(), accesses.flush()]);
    },
  };
}
