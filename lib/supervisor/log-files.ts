/** The logs: files, or the terminal. */

import { makeSink, noSink, openFileSink, type FileSink, type Sink } from "../logs/sink.ts";
import { codeOf } from "../os/errors.ts";
import type { Logs, Service } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

export interface LogFiles {
  readonly error: Sink;
  readonly access: Sink;
  /** Those that services have for themselves, by the name of the service. */
  readonly services: ReadonlyMap<string, Sink>;
  /** Makes new files where the old ones were moved away. */
  reopen(): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Opens what the options ask for, or throws a {@link StartupError}. `complain` hears when a log can't be written. */
export function openLogs(
  { errorLog, accessLog, toTerminal }: Logs,
  services: readonly Service[],
  complain: (problem: string) => void,
): LogFiles {
  const files: FileSink[] = [];
  const open = (path: string) => {
    const file = openFile(path, complain);
    files.push(file);
    return file;
  };
  const error = toTerminal ? makeSink(2, "stderr", complain) : open(errorLog);
  const access = accessLog === null ? noSink : toTerminal ? makeSink(1, "stdout", complain) : open(accessLog);
  const own = new Map(services.flatMap(({ name, log }) => (log === null ? [] : [[name, open(log)]])));
  return {
    error,
    access,
    services: own,
    reopen() {
      for (const file of files) file.reopen();
    },
    async close() {
      await Promise.all([error, access, ...own.values()].map((log) => log.close()));
    },
  };
}

function openFile(path: string, complain: (problem: string) => void): FileSink {
  try {
    return openFileSink(path, complain);
  } catch (error) {
    throw new StartupError(
      `the log file ${path} cannot be opened (${codeOf(error)})\n  --log-directory names another folder, --log-to-terminal uses none`,
    );
  }
}
