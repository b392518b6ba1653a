/** One front-end process: configured by the supervisor, unprivileged before the first byte of a client is read. */

import type { FromFrontEnd, ListenerHandle, ToFrontEnd } from "../control/frontend.ts";
import { WorkerPool } from "../handlers/wsgi/pool.ts";
import { nowUs } from "../os/clock.ts";
import { raiseDescriptorLimit } from "../os/limits.ts";
import { dropPrivileges } from "../os/privileges.ts";
import type { TimeLimits } from "../http/h1/patience.ts";
import type { Settings, Timeouts } from "../settings/settings.ts";
import { openJournal } from "./journal.ts";
import { accept, type Acceptor } from "./listener.ts";
import { createSite } from "./site.ts";
import { connectWorkers, type Workers } from "./workers.ts";

/** Before the supervisor kills what has not drained: time enough to answer, and to write the log. */
const LAST_WORD_MS = 250;

interface Running {
  readonly workers: Workers;
  drain(): void;
}

/** Runs until the supervisor says "drain", or is gone. @returns the exit code. */
export function runFrontEnd(): Promise<number> {
  return new Promise((resolve) => {
    let running: Running | null = null;
    process.on("message", (message: ToFrontEnd) => {
      if (message.kind === "configure") {
        running = start(message.settings, message.listeners, resolve);
        tell({ kind: "ready" });
      } else if (running !== null) {
        obey(running, message);
      }
    });
    // Without its supervisor nobody could stop or replace this process.
    process.on("disconnect", () => resolve(1));
    // A terminal's Ctrl-C goes to the whole group; the supervisor decides what it means.
    for (const signal of ["SIGINT", "SIGHUP", "SIGUSR1", "SIGWINCH", "SIGPIPE"] as const) {
      process.on(signal, () => undefined);
    }
    process.on("SIGTERM", () => {
      if (running === null) resolve(0);
      else running.drain();
    });
  });
}

function tell(message: FromFrontEnd): void {
  process.send?.(message);
}

function obey({ workers, drain }: Running, message: Exclude<ToFrontEnd, { kind: "configure" }>): void {
  switch (message.kind) {
    case "worker-up":
      workers.up(message.id, message.pid, message.socket);
      break;
    case "worker-drain":
      workers.drain(message.id);
      break;
    case "worker-down":
      workers.down(message.id, message.why, message.overdueMs);
      break;
    case "drain":
      drain();
      break;
  }
}

function start(settings: Settings, listeners: readonly ListenerHandle[], exit: (code: number) => void): Running {
  raiseDescriptorLimit();
  if (settings.identity.drop) dropPrivileges(settings.identity);
  const { timeouts, limits, workers: workerSettings } = settings;
  const clock = { nowMs: Math.floor(performance.now()) };
  const state = { draining: false };
  const journal = openJournal(settings);
  const poolLimits = {
    backlog: workerSettings.daemonBacklog,
    connectMs: timeouts.connectMs,
    queueMs: timeouts.queueMs,
  };
  const pool = new WorkerPool(poolLimits, clock);
  const site = createSite(settings, pool, journal);
  const workers = connectWorkers(pool, journal, clock, tell);
  let answered = 0;

  const acceptor: Acceptor = accept(
    listeners.map(({ fd }) => fd),
    {
      backlog: settings.listeners.backlog,
      swept(nowMs) {
        pool.tick(nowMs);
      },
      failed(error) {
        journal.error("crit", `a bug in the front end cost a connection: ${error.stack ?? error.message}`);
      },
      context: {
        clock,
        nowUs,
        state,
        limits: timeLimits(timeouts),
        maxBodyBytes: limits.requestBodyBytes,
        handle: site.handle,
        answered(exchange, bodyBytes, whole) {
          answered++;
          site.answered(exchange, bodyBytes, whole);
        },
        refused: site.refused,
        closed() {
          // A microtask later the set of connections has forgotten this one.
          if (state.draining) queueMicrotask(finishWhenQuiet);
        },
      },
    },
  );

  let finishing = false;
  function finishWhenQuiet(): void {
    if (finishing || acceptor.count > 0) return;
    finishing = true;
    void journal.flush().then(() => {
      tell({ kind: "drained", answered });
      exit(0);
    });
  }

  return {
    workers,
    drain() {
      if (state.draining) return;
      acceptor.drain();
      pool.close();
      const { shutdownMs } = timeouts;
      if (shutdownMs > 0) setTimeout(() => pool.giveUp(), Math.max(0, shutdownMs - LAST_WORD_MS));
      finishWhenQuiet();
    },
  };
}

function timeLimits(timeouts: Timeouts): TimeLimits {
  return {
    head: {
      firstMs: timeouts.headerMs,
      ceilingMs: timeouts.headerMaxMs,
      minRateBytes: timeouts.headerMinRateBytes,
    },
    body: { firstMs: timeouts.bodyMs, ceilingMs: timeouts.bodyMaxMs, minRateBytes: timeouts.bodyMinRateBytes },
    keepAliveMs: timeouts.keepAliveMs,
    writeMs: timeouts.responseSocketMs === 0 ? timeouts.socketMs : timeouts.responseSocketMs,
    answerMs: timeouts.socketMs,
  };
}
