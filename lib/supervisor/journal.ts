/** The supervisor's own records in the error log, and those it writes for the workers. */

import type { ErrorLayout, RequestVariables } from "../logs/error-record.ts";
import type { LevelFilter } from "../logs/levels.ts";
import { linesOf } from "../logs/line-length.ts";
import type { Sink } from "../logs/sink.ts";
import { nowUs } from "../os/clock.ts";
import type { LogLevel } from "../settings/log-level.ts";

/** Who speaks, when it isn't the supervisor, and about which request. */
export interface Speaker {
  readonly pid: number;
  readonly tid: number;
  readonly remote?: string | undefined;
  readonly about?: RequestVariables | undefined;
}

export interface Journal {
  /** A record, when the threshold lets it pass; several, when it is long. The promise, when there is one, resolves when there is room for more. */
  write(module: string, level: LogLevel, text: string, speaker?: Speaker): Promise<void> | undefined;
  /** A notice of start or stop, which is written whatever the threshold. */
  announce(text: string): void;
}

/** A journal that writes to `sink` what `passes`, in the form of `layout`. */
export function openJournal(sink: Sink, passes: LevelFilter, layout: ErrorLayout): Journal {
  const self: Speaker = { pid: process.pid, tid: process.pid };
  const put = (module: string, level: LogLevel, text: string, { pid, tid, remote, about }: Speaker) => {
    let busy: Promise<void> | undefined;
    for (const piece of linesOf(text)) {
      const line = layout.line({ timeUs: nowUs(), module, level, pid, tid, remote, about, text: piece });
      busy = sink.write(`${line}\n`) ?? busy;
    }
    return busy;
  };
  return {
    write: (module, level, text, speaker = self) =>
      passes(module, level) ? put(module, level, text, speaker) : undefined,
    announce(text) {
      void put("core", "notice", text, self);
    },
  };
}
