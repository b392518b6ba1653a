/** One front-end process: started, configured, told things, and waited for. */

import type { FromFrontEnd, ListenerHandle, ToFrontEnd } from "../control/frontend.ts";
import type { Sink } from "../logs/sink.ts";
import type { FrontEndCounts, Report } from "../metrics/report.ts";
import type { Settings } from "../settings/settings.ts";
import type { TlsMaterial } from "../tls/material.ts";
import type { Environment } from "./child-environment.ts";
import { signalChild, startChild } from "./child.ts";
import type { Death } from "./death.ts";
import { keepLines, nothing } from "./kept-lines.ts";
import { FIRST_INHERITED_FD } from "./listeners.ts";
import { pumpLines, pumpRecords } from "./pump.ts";
import { createQuestions } from "./questions.ts";

/** What all front ends are started with. */
export interface FrontEndLaunch {
  readonly argv: readonly string[];
  readonly environment: Environment;
  /** As the message "configure" has it. */
  readonly secret: string;
  readonly settings: Settings;
  /** Descriptors here, and the same sockets as a front end has them. */
  readonly fds: readonly number[];
  readonly handles: readonly ListenerHandle[];
  /** The certificates as they are now; null when there is no port for HTTPS. */
  tls(): TlsMaterial | null;
  readonly access: Sink;
  readonly error: Sink;
  /** What one writes to its standard error that is no record. */
  stray(pid: number, line: string): Promise<void> | undefined;
  /** A front end can't talk to a worker any more. */
  workerLost(id: number, why: string): void;
  /** A client of a front end wants to know. */
  report(): Promise<Report>;
}

export interface FrontEnd {
  readonly pid: number;
  readonly startedAt: number;
  /** Since when it has accepted clients; null before. */
  readonly readyAt: number | null;
  /** Whose listeners it accepts on. */
  readonly accepts: Set<number>;
  /** Resolves with true when it accepts clients, with false when it ended before. */
  readonly ready: Promise<boolean>;
  /** How it ended. */
  readonly death: Promise<Death>;
  /** Resolves when its logs are read to the end. */
  readonly silent: Promise<unknown>;
  tell(message: ToFrontEnd): void;
  /** What it has counted; null when it doesn't say so in time. */
  count(): Promise<FrontEndCounts | null>;
  /** The same as it said last; null when it never did. */
  readonly lastCounts: FrontEndCounts | null;
  /** Processor time that it has used; 0 before its end. */
  cpuMs(): number;
  /** Has it finish with a worker; resolves when it has nothing in its hands any more. */
  drainWorker(id: number): Promise<void>;
  /** It is to end, and is killed when it hasn't after `graceMs` (0 is never). The shorter of several times counts. */
  drain(graceMs: number, keepIdle: boolean): void;
  kill(): void;
  readonly draining: boolean;
  /** Its time was not enough. */
  readonly killed: boolean;
}

/** It answers between two requests: one that doesn't within this time is in trouble. */
const ANSWER_MS = 1000;

/** Starts front end `number`; `served` is called when it accepts clients. Returns the reason when it can't be started. */
export function startFrontEnd(
  { argv, environment, secret, settings, fds, handles, tls, access, error, stray, workerLost, report }: FrontEndLaunch,
  number: number,
  served: () => void,
): FrontEnd | { readonly problem: string } {
  const ready = Promise.withResolvers<boolean>();
  const state = { readyAt: null as number | null, draining: false, killed: false };
  const questions = createQuestions<FrontEndCounts>();
  let lastCounts: FrontEndCounts | null = null;
  /** Workers it was told to finish with, and whom to tell when it has. */
  const finishing = new Map<number, () => void>();
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let deadlineAt = Infinity;

  const hear = (message: FromFrontEnd): void => {
    if (message.kind === "ready") {
      state.readyAt ??= performance.now();
      ready.resolve(true);
      served();
    } else if (message.kind === "worker-drained") {
      finishing.get(message.id)?.();
      finishing.delete(message.id);
    } else if (message.kind === "worker-lost") {
      workerLost(message.id, message.why);
    } else if (message.kind === "counts") {
      lastCounts = message.counts;
      questions.answered(message.query, message.counts);
    } else if (message.kind === "drained") {
      lastCounts = message.counts;
    } else if (message.kind === "report-wanted") {
      void report().then((made) => tell({ kind: "report", report: made }));
    }
  };

  const lines = settings.logs.accessLog === null ? null : keepLines();
  const child = startChild({
    argv,
    shownAs: process.execPath,
    cwd: "/",
    environment,
    inherited: lines === null ? fds : [...fds, lines.fd],
    ipc(message) {
      if (isMessage(message)) hear(message);
    },
  });
  if ("problem" in child) {
    // Gives the memory back.
    lines?.rest(0);
    return child;
  }
  const { pid } = child;
  const silent = Promise.all([
    pumpLines(child.stdout, access, lines?.rest ?? nothing).ended,
    pumpRecords(child.stderr, error, (line) => stray(pid, line)).ended,
  ]);
  const death = child.ended.then(({ code, signal }) => {
    clearTimeout(deadline);
    ready.resolve(false);
    questions.close();
    for (const finished of finishing.values()) finished();
    return { code, signal, lastWords: [] };
  });

  const tell = (message: ToFrontEnd): void => {
    try {
      child.process.send(message);
    } catch {
      // It died a moment ago: the next one hears it all.
    }
  };
  const frontEnd: FrontEnd = {
    pid,
    startedAt: performance.now(),
    get readyAt() {
      return state.readyAt;
    },
    accepts: new Set([number]),
    ready: ready.promise,
    death,
    silent,
    tell,
    count: () => questions.ask((query) => tell({ kind: "count", query }), ANSWER_MS),
    cpuMs: () => child.cpuMs(),
    get lastCounts() {
      return lastCounts;
    },
    drainWorker(id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      finishing.set(id, resolve);
      tell({ kind: "worker-drain", id });
      return promise;
    },
    drain(graceMs, keepIdle) {
      state.draining = true;
      const at = graceMs === 0 ? Infinity : performance.now() + graceMs;
      tell({ kind: "drain", graceMs, keepIdle });
      if (at >= deadlineAt) return;
      deadlineAt = at;
      clearTimeout(deadline);
      deadline = setTimeout(() => {
        state.killed = true;
        signalChild(pid, "SIGKILL", true);
      }, graceMs);
    },
    kill: () => signalChild(pid, "SIGKILL", true),
    get draining() {
      return state.draining;
    },
    get killed() {
      return state.killed;
    },
  };
  const sharedLines = lines === null ? null : FIRST_INHERITED_FD + fds.length;
  tell({ kind: "configure", number, secret, settings, listeners: handles, tls: tls(), sharedLines });
  return frontEnd;
}

function isMessage(message: unknown): message is FromFrontEnd {
  return typeof message === "object" && message !== null && "kind" in message;
}
