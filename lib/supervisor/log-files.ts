/** The logs: files, or the terminal. */

import { makeSink, noSink, openFileSink, type Sink } from "../logs/sink.ts";
import { codeOf } from "../os/errors.ts";
import type { Logs, Service } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

export interface LogFiles {
  readonly error: Sink;
  readonly access: Sink;
  /** Those that services have for themselves, by the name of the service. */
  readonly services: ReadonlyMap<string, Sink>;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Opens what the options ask for, or throws a {@link StartupError}. `complain` hears when a log can't be written. */
export function openLogs(
  { errorLog, accessLog, toTerminal }: Logs,
  services: readonly Service[],
  complain: (problem: string) => void,
): LogFiles {
  const error = toTerminal ? makeSink(2, "stderr", complain) : open(errorLog, complain);
  const access = accessLog === null ? noSink : toTerminal ? makeSink(1, "stdout", complain) : open(accessLog, complain);
  const own = new Map(services.flatMap(({ name, log }) => (log === null ? [] : [[name, open(log, complain)]])));
  return {
    error,
    access,
    services: own,
    async close() {
      await Promise.all([error, access, ...own.values()].map((log) => log.close()));
    },
  };
}

function open(path: string, complain: (problem: string) => void): Sink {
  try {
    return openFileSink(path, complain);
  } catch (error) {
    throw new StartupError(
      `the log file ${path} cannot be opened (${codeOf(error)})\n  --log-directory names another folder, --log-to-terminal uses none`,
    );
  }
}
