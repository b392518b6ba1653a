/** What a running server does when it gets signals. */

import type { Running } from "./running.ts";
import type { Request, SignalName, Signals } from "./signals.ts";
import { upgradeProblem } from "./upgrade.ts";

const WHY = "the server restarts";

/** In the words of the original, which scripts look for. */
export function announceStart({ journal, settings }: Running): void {
  journal.announce(`AH00489: Malt/${settings.program.version} configured -- resuming normal operations`);
}

/** Does what signals ask for, until one asks to end this program, which it returns. */
export async function obey(signals: Signals, running: Running): Promise<Request> {
  const { journal, pool } = running;
  let restarting = false;
  let again: Restart | undefined;
  /** One restart at a time, and one more when another was asked for meanwhile: it may have begun too early for that. */
  const restartAll = async (first: Restart): Promise<void> => {
    restarting = true;
    for (let request: Restart | undefined = first; request !== undefined;) {
      again = undefined;
      await restart(request, running);
      request = again;
    }
    restarting = false;
  };

  for (;;) {
    const request = await signals.next();
    switch (request.wish) {
      case "stop":
      case "graceful-stop":
        return request;
      case "upgrade": {
        const problem = upgradeProblem() ?? running.certificates?.problem() ?? null;
        if (problem === null) return request;
        void journal.write("core", "error", `${request.signal}: ${problem}; this program goes on`);
        break;
      }
      case "restart":
      case "graceful": {
        const asked = { signal: request.signal, graceful: request.wish === "graceful" };
        if (restarting) again = asked;
        else void restartAll(asked);
        break;
      }
      case "interrupt":
        pool.interrupt();
        break;
      case "nothing":
        journal.announce(`${request.signal} does nothing in debug mode: stop the server and start it again`);
    }
  }
}

interface Restart {
  readonly signal: SignalName | null;
  /** Clients may finish what they have begun, however long that takes. */
  readonly graceful: boolean;
}

async function restart({ signal, graceful }: Restart, running: Running): Promise<void> {
  const { certificates, frontEnds, journal, logs, pool, services, settings } = running;
  journal.announce(
    graceful
      ? `AH00493: ${signal} received.  Doing graceful restart`
      : `AH00494: ${signal} received.  Attempting to restart`,
  );
  // They may have been moved away by whoever rotates them.
  logs.reopen();
  // Before new front ends ask for them.
  certificates?.renew();
  // A client may take as long as it likes to finish, unless the restart is to be done soon.
  const graceMs = graceful ? 0 : settings.timeouts.shutdownMs;
  await Promise.all([
    pool.renew(WHY, "shutdown_signal"),
    frontEnds.renew(graceMs),
    services.renew(WHY, settings.timeouts.shutdownMs),
  ]);
  announceStart(running);
}
