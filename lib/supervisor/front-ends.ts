/** All front ends: each gets the listeners and the news of the workers, and is replaced when it dies. */

import type { FromFrontEnd, ListenerHandle, ToFrontEnd } from "../control/frontend.ts";
import type { Sink } from "../logs/sink.ts";
import type { Settings } from "../settings/settings.ts";
import { restartAfter } from "./backoff.ts";
import type { Environment } from "./child-environment.ts";
import { signalChild, startChild, type Child } from "./child.ts";
import { describeDeath, hint } from "./death.ts";
import type { Journal } from "./journal.ts";
import { pumpLines } from "./pump.ts";

export interface FrontEndPlan {
  readonly count: number;
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly settings: Settings;
  /** Descriptors here, and the same sockets as a front end has them. */
  readonly fds: readonly number[];
  readonly handles: readonly ListenerHandle[];
  readonly access: Sink;
  readonly error: Sink;
  /** What a front end that has just started must hear of the workers. */
  introductions(): readonly ToFrontEnd[];
  /** A front end can't talk to a worker any more. */
  workerLost(id: number, why: string): void;
}

export interface FrontEnds {
  /** Tells all of them. */
  tell(message: ToFrontEnd): void;
  pids(): readonly number[];
  /** Has all of them finish with a worker; resolves when none has anything in its hands any more. */
  drainWorker(id: number): Promise<void>;
  /**
   * Lets all finish what they have and exit; those that haven't after `graceMs` (0 is never) are killed. Resolves, with
   * whether that was needed, when none is left.
   */
  drain(graceMs: number): Promise<{ readonly killed: boolean }>;
  /** Kills all at once. */
  kill(): void;
}

// What it wrote is read long before, unless the disk is slow or something that it started holds the pipes open.
const SILENCE_MS = 2000;

interface FrontEnd {
  readonly child: Child;
  readyAt: number | null;
  /** Resolves when its logs are read to the end. */
  readonly silent: Promise<unknown>;
  /** Workers it was told to finish with, and whom to tell when it has. */
  readonly finishing: Map<number, () => void>;
}

/** Starts the front ends. */
export function startFrontEnds(plan: FrontEndPlan, journal: Journal): FrontEnds {
  const running = new Set<FrontEnd>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let closing = false;
  const empty = Promise.withResolvers<void>();

  const start = (early: number): void => {
    let frontEnd: FrontEnd | undefined;
    const child = startChild({
      argv: plan.argv,
      cwd: "/",
      environment: plan.environment,
      inherited: plan.fds,
      ipc: (message) => {
        if (frontEnd !== undefined && isMessage(message)) hear(frontEnd, message, plan);
      },
    });
    if ("problem" in child) return replace(early, null, `a front end did not start: ${child.problem}`);
    const silent = Promise.all([pumpLines(child.stdout, plan.access).ended, pumpLines(child.stderr, plan.error).ended]);
    const born: FrontEnd = { child, readyAt: null, silent, finishing: new Map() };
    frontEnd = born;
    running.add(born);
    void journal.write("core", "info", `front end (pid ${child.pid}) started`);
    say(born, { kind: "configure", settings: plan.settings, listeners: plan.handles });
    for (const message of plan.introductions()) say(born, message);
    void child.ended.then(async ({ code, signal }) => {
      running.delete(born);
      for (const finished of born.finishing.values()) finished();
      const death = { code, signal, lastWords: [] };
      const readyMs = born.readyAt === null ? null : performance.now() - born.readyAt;
      replace(early, readyMs, `front end (pid ${child.pid}) died unexpectedly: ${describeDeath(death)}${hint(death)}`);
      await Promise.race([silent, Bun.sleep(SILENCE_MS)]);
      if (closing && running.size === 0) empty.resolve();
    });
  };

  const replace = (early: number, readyMs: number | null, what: string): void => {
    if (closing) return;
    const next = restartAfter(early, readyMs);
    const when = next.delayMs === 0 ? "now" : `in ${next.delayMs / 1000} s`;
    void journal.write("core", "error", `${what}; it is replaced ${when}`);
    if (next.delayMs === 0) return start(next.early);
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(next.early);
    }, next.delayMs);
    timers.add(timer);
  };

  const kill = () => {
    for (const { child } of running) signalChild(child.pid, "SIGKILL", true);
  };
  const close = () => {
    closing = true;
    for (const timer of timers) clearTimeout(timer);
    if (running.size === 0) empty.resolve();
  };

  for (let index = 0; index < plan.count; index += 1) start(0);

  return {
    tell(message) {
      for (const frontEnd of running) say(frontEnd, message);
    },
    pids: () => [...running].map(({ child }) => child.pid),
    async drainWorker(id) {
      const told = [...running].map((frontEnd) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        frontEnd.finishing.set(id, resolve);
        say(frontEnd, { kind: "worker-drain", id });
        return promise;
      });
      await Promise.all(told);
    },
    async drain(graceMs) {
      close();
      for (const frontEnd of running) say(frontEnd, { kind: "drain" });
      let killed = false;
      const deadline = graceMs === 0 ? undefined : setTimeout(() => ((killed = running.size > 0), kill()), graceMs);
      await empty.promise;
      clearTimeout(deadline);
      return { killed };
    },
    kill() {
      close();
      kill();
    },
  };
}

function say({ child }: FrontEnd, message: ToFrontEnd): void {
  try {
    child.process.send(message);
  } catch {
    // It died a moment ago: the next one hears it all.
  }
}

function isMessage(message: unknown): message is FromFrontEnd {
  return typeof message === "object" && message !== null && "kind" in message;
}

function hear(frontEnd: FrontEnd, message: FromFrontEnd, plan: FrontEndPlan): void {
  if (message.kind === "ready") {
    frontEnd.readyAt ??= performance.now();
  } else if (message.kind === "worker-drained") {
    frontEnd.finishing.get(message.id)?.();
    frontEnd.finishing.delete(message.id);
  } else if (message.kind === "worker-lost") {
    plan.workerLost(message.id, message.why);
  }
}
