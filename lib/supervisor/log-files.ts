/** The logs: files, files that rotate, programs that rotate them, or the terminal. */

import { accessSync, constants } from "node:fs";
import { openFileSink } from "../logs/file-sink.ts";
import { whyUnopened } from "../logs/open-log.ts";
import { openRotatingSink } from "../logs/rotating-sink.ts";
import { makeSink, noSink, toDescriptor, type LogSink, type Sink } from "../logs/sink.ts";
import { codeOf } from "../os/errors.ts";
import type { Logs, Rotation, Service } from "../settings/settings.ts";
import type { Environment } from "./child-environment.ts";
import { openProgramSink } from "./log-program.ts";
import { StartupError } from "./startup-error.ts";

export interface LogFiles {
  readonly error: Sink;
  readonly access: Sink;
  /** Those that services have for themselves, by the name of the service. */
  readonly services: ReadonlyMap<string, Sink>;
  /** Makes new files where the old ones were moved away. */
  reopen(): void;
  /** Of the programs that write logs. */
  pids(): readonly number[];
  /** Resolves when everything is written, or can't be. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

// For what nobody takes: a terminal with Ctrl-S, a pipe without a reader, a disk of a machine that is away. Docker kills
// what has not stopped after ten seconds.
const LAST_LINES_MS = 5000;

// Opened by their names they would be neither a socket, as the journal of systemd gives to services, nor a pipe of another
// user, as in a container that doesn't run as root.
const STANDARD_STREAMS: ReadonlyMap<string, number> = new Map([
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

/**
 * Opens what the options ask for, or throws a {@link StartupError}. `environment` is for programs, `complain` hears when a
 * log can't be written.
 */
export function openLogs(
  { errorLog, accessLog, toTerminal, rotation }: Logs,
  services: readonly Service[],
  environment: Environment,
  complain: (problem: string) => void,
): LogFiles {
  const sinks: LogSink[] = [];
  const pids: (() => readonly number[])[] = [];
  const stream = (fd: number, name: string) => makeSink(toDescriptor(fd), name, complain);
  const open = (path: string, advice: string): Sink => {
    const standard = rotation === null ? STANDARD_STREAMS.get(path) : undefined;
    if (standard !== undefined) return stream(standard, path);
    const sink = opened(path, advice, () => {
      if (rotation === null) return openFileSink(path, complain);
      if (rotation.program === null) return openRotatingSink(path, rotation.sizeMib * MIB, complain);
      const program = openProgramSink(rotationWords(rotation, path), path, environment, complain);
      pids.push(program.pids);
      return program;
    });
    sinks.push(sink);
    return sink;
  };
  if (rotation?.program != null) checkProgram(rotation.program);
  const error = toTerminal ? stream(2, "stderr") : open(errorLog, named("error"));
  const access = accessLog === null ? noSink : toTerminal ? stream(1, "stdout") : open(accessLog, named("access"));
  const own = new Map(services.flatMap(({ name, log }) => (log === null ? [] : [[name, open(log, OF_SERVICE)]])));
  return {
    error,
    access,
    services: own,
    reopen() {
      for (const sink of sinks) sink.reopen();
    },
    pids: () => pids.flatMap((some) => some()),
    async close() {
      const patience = Bun.sleep(LAST_LINES_MS);
      // Programs have a patience of their own, and successors.
      const closed = (log: Sink) => (pids.length > 0 ? log.close() : Promise.race([log.close(), patience]));
      await Promise.all([access, ...own.values()].map(closed));
      // The last one, for what the others have to tell.
      await closed(error);
    },
  };
}

/** As the original calls it: the name with a pattern for strftime(3), and the size. */
function rotationWords({ program, sizeMib }: Rotation, path: string): readonly string[] {
  return [program ?? "", `${path.replaceAll("%", "%%")}.%Y-%m-%d-%H_%M_%S`, `${sizeMib}M`];
}

function checkProgram(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch (error) {
    throw new StartupError(
      `the program ${program} cannot be run (${codeOf(error)})\n  --rotatelogs-executable names it; without it the server rotates the logs itself`,
    );
  }
}

const named = (log: "error" | "access") => `--${log}-log-name names another file, --log-directory another folder`;
const OF_SERVICE = "--service-log-file names another file, --log-directory another folder";

function opened(path: string, advice: string, open: () => LogSink): LogSink {
  try {
    return open();
  } catch (error) {
    throw new StartupError(`the log file ${path} cannot be opened ${whyUnopened(path, error)}\n  ${advice}`);
  }
}
