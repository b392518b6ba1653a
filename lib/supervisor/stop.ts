/** The end of a running server. */

import type { Running } from "./running.ts";
import type { Request, Signals } from "./signals.ts";

// What is left of a stop when clients have already used up --shutdown-timeout: container runtimes kill after 10 s,
// and the default is 5 s.
const LAST_GRACE_MS = 1000;

const WHY = "the server stops";

/**
 * Clients first, then the workers, which by then have nothing to do, and the services they may have needed. A graceful stop
 * has no limit until another signal sets one; after that, whoever asks again can't wait. Resolves with what was asked for
 * last: who wanted another program in the place of this one may have thought better of it.
 */
export async function stop(signals: Signals, running: Running, request: Request): Promise<Request> {
  const { frontEnds, journal, manager, pool, services, settings } = running;
  const { shutdownMs } = settings.timeouts;
  const graceful = request.wish === "graceful-stop";
  journal.announce(farewell(request));
  if (request.wish === "upgrade") manager.reloading();
  else manager.stopping();
  let last = request;
  void hurry(signals, running, request.wish === "stop", (next) => (last = { ...last, ...next }));
  pool.drain(WHY, 0);
  const { killed } = await frontEnds.drain(graceful ? 0 : shutdownMs);
  const graceMs = killed ? Math.min(shutdownMs, LAST_GRACE_MS) : shutdownMs;
  await Promise.all([pool.stop(WHY, graceMs), services.stop(WHY, graceMs)]);
  return last;
}

function farewell({ signal, wish }: Request): string {
  if (signal === null) return "the process of the application has ended, shutting down";
  switch (wish) {
    case "graceful-stop":
      return `AH00492: caught ${signal}, shutting down gracefully`;
    case "upgrade":
      return `caught ${signal}, making way for the program that is installed now`;
    default:
      return `AH00491: caught ${signal}, shutting down`;
  }
}

/** Answers the signals that come while the server stops, until the process ends. */
async function hurry(
  signals: Signals,
  running: Running,
  asked: boolean,
  heard: (request: Request) => void,
): Promise<void> {
  const { frontEnds, pool, services, settings } = running;
  let askedBefore = asked;
  for (;;) {
    const request = await signals.next();
    if (request.wish !== "stop" && request.wish !== "interrupt") continue;
    heard(request);
    if (askedBefore) {
      frontEnds.kill();
      pool.kill();
      services.kill();
    } else {
      askedBefore = true;
      void frontEnds.drain(settings.timeouts.shutdownMs);
    }
  }
}
