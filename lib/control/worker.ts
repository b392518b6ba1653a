/**
 * What the supervisor and a worker's control thread say to each other: one JSON object a line, over the worker's
 * descriptor 3. Mirrored by worker/_malt/control.py.
 */

import type { Stack, ThreadReport } from "../metrics/report.ts";
import type { Debugging } from "../settings/settings.ts";

/** Everything a worker needs to know. Sent once, first. */
export interface WorkerConfig {
  readonly kind: "configure";
  readonly id: number;
  /** What `ps` shows. */
  readonly title: string;
  /** Path of the UNIX socket to listen on, mode 0600. */
  readonly socket: string;
  readonly backlog: number;
  /** 0 leaves the system's default. */
  readonly sendBufferBytes: number;
  readonly receiveBufferBytes: number;
  readonly threads: number;
  readonly application: {
    readonly type: "script" | "module" | "paste" | "welcome" | "static" | "access";
    readonly entryPoint: string;
    readonly callableObject: string;
    /** What is asked of an "access" worker. */
    readonly access?: AccessScripts;
    /** The scripts that answer for files, by the extensions of these. */
    readonly handlers?: Readonly<Record<string, string>>;
  };
  /** Response bytes a request may send before it is granted more. */
  readonly responseBufferBytes: number;
  readonly headerBufferBytes: number;
  readonly workingDirectory: string;
  readonly pythonPath: readonly string[];
  /** Put into os.environ before the application is loaded. */
  readonly processEnvironment: Readonly<Record<string, string>>;
  /** String keys that are the same for every request of this worker; the frame's pairs go on top of them. */
  readonly environ: Readonly<Record<string, string>>;
  readonly multithread: boolean;
  readonly multiprocess: boolean;
  readonly runOnce: boolean;
  readonly processGroup: string;
  /** Replaced when the application's file has changed, which is looked at as requests come. */
  readonly reloading: boolean;
  /** The same with all files that were loaded, which a thread looks at. */
  readonly reloadOnChanges: boolean;
  /** Requests carry the keys of an application that is part of the server. */
  readonly embedded: boolean;
  readonly maximumProcesses: number;
  readonly shutdownTimeoutMs: number;
  /** Requests after which it asks to be replaced; 0 is never. */
  readonly maximumRequests: number;
  /** Front ends mark requests that are no activity, with `mod_wsgi.ignore_activity`. */
  readonly ignoresActivity: boolean;
  /** End without the interpreter's own shutdown: no exit functions. */
  readonly orphanInterpreter: boolean;
  readonly verboseDebugging: boolean;
  /** The application may ask for the metrics of the server. */
  readonly serverMetrics: boolean;
  /** Requests that run for longer are logged with their stack; 0 logs none, else it is no less than a second. */
  readonly slowRequestMs: number;
  /** Debug mode: its streams are the operator's terminal, and requests run in the main thread. */
  readonly debugging: Debugging | null;
  /** Keys of a request's environ that the log shows with what is printed during it. */
  readonly loggedVariables: readonly string[];
}

/** The scripts that an access worker runs; null is one that is not used. */
export interface AccessScripts {
  readonly host: string | null;
  readonly user: string | null;
  readonly type: "Basic" | "Digest";
  readonly realm: string;
  readonly group: { readonly script: string; readonly name: string } | null;
  /** They are run again when their files have changed. */
  readonly reloading: boolean;
}

/** The same for a service, which is a worker process without an application. */
export interface ServiceConfig extends Pick<
  WorkerConfig,
  | "title"
  | "workingDirectory"
  | "pythonPath"
  | "processEnvironment"
  | "processGroup"
  | "maximumProcesses"
  | "threads"
  | "reloading"
  | "embedded"
  | "serverMetrics"
> {
  readonly kind: "service";
  readonly script: string;
}

export type ToWorkerMessage =
  | WorkerConfig
  | ServiceConfig
  /** Stop: finish what runs, run exit functions, exit 0. `reason` is the `shutdown_reason` of the application's events. */
  | { readonly kind: "stop"; readonly reason: string }
  /** Say what every request thread does, with "description" and the same number; with `stacks`, every thread. */
  | { readonly kind: "describe"; readonly query: number; readonly stacks: boolean }
  /** The answer to "metrics-wanted": what server_metrics() gives. */
  | { readonly kind: "metrics"; readonly query: number; readonly metrics: unknown }
  /** Somebody has pressed Ctrl-C in debug mode: say whom it was meant for. */
  | { readonly kind: "interrupt" };

export type FromWorkerMessage =
  /** The socket listens and loading was tried; `loaded` is false when it failed (the reason was logged). */
  | { readonly kind: "ready"; readonly loaded: boolean; readonly python: string }
  | Beat
  | {
      readonly kind: "log";
      readonly level: string;
      readonly tid: number;
      readonly remote?: string;
      /** Of the request that the thread runs: those of `loggedVariables` that it has. */
      readonly about?: Readonly<Record<string, string>>;
      readonly text: string;
    }
  /**
   * Replace me: `why` is in the words of the log, `reason` the application's `shutdown_reason`. With `serving` the worker
   * goes on until the replacement is ready; without it, it starts nothing more and hands back what it has not started.
   */
  | { readonly kind: "leave"; readonly why: string; readonly reason: string; readonly serving: boolean }
  | ({ readonly kind: "description"; readonly query: number } & Description)
  /** A request of the application waits for it. */
  | { readonly kind: "metrics-wanted"; readonly query: number }
  | { readonly kind: "stopped" }
  /** Whom a Ctrl-C is for: the debugger, whose prompt is open, or else the server. */
  | { readonly kind: "interrupted"; readonly prompt: boolean };

export interface Description {
  readonly threads: readonly ThreadReport[];
  /** Empty unless they were asked for. */
  readonly stacks: readonly Stack[];
}

/** The sign of life, each second. */
export interface Beat {
  readonly kind: "beat";
  /** Requests finished. */
  readonly served: number;
  /** Requests begun or finished that count as activity: what matters is that it grows. */
  readonly counted: number;
  readonly active: readonly ActiveRequest[];
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** There is an application. */
  readonly loaded: boolean;
}

export interface ActiveRequest {
  readonly thread: number;
  readonly id: number;
  readonly runningMs: number;
  /** Method and request target, for the log. */
  readonly what: string;
  /** It doesn't count as activity. */
  readonly ignored: boolean;
}
