/** What a running server does when it gets signals. */

import type { Running } from "./running.ts";
import type { Request, Signals } from "./signals.ts";
import { upgradeProblem } from "./upgrade.ts";

const WHY = "the server restarts";

/** In the words of the original, which scripts look for. */
export function announceStart({ journal, settings }: Running): void {
  journal.announce(`AH00489: Malt/${settings.program.version} configured -- resuming normal operations`);
}

/** Does what signals ask for, until one asks to end this program, which it returns. */
export async function obey(signals: Signals, running: Running): Promise<Request> {
  const { journal, manager, pool } = running;
  let restarting = false;
  let stopping = false;
  let again: Request | undefined;
  /** One restart at a time, and one more when another was asked for meanwhile: it may have begun too early for that. */
  const restartAll = async (first: Request): Promise<void> => {
    restarting = true;
    for (let request: Request | undefined = first; request !== undefined;) {
      again = undefined;
      await restart(request, running);
      // Whoever stops the server meanwhile ends what was to be replaced: nothing resumes then.
      if (stopping) return;
      manager.ready();
      announceStart(running);
      request = again;
    }
    restarting = false;
  };

  for (;;) {
    const request = await signals.next();
    switch (request.wish) {
      case "stop":
      case "graceful-stop":
        stopping = true;
        return request;
      case "upgrade": {
        const problem = upgradeProblem() ?? running.certificates?.problem() ?? running.fresh.problem();
        stopping = problem === null;
        if (problem === null) return request;
        void journal.write("core", "error", `${request.signal}: ${problem}; this program goes on`);
        break;
      }
      case "restart":
      case "graceful":
        if (restarting) again = request;
        else void restartAll(request);
        break;
      case "interrupt":
        pool.interrupt();
        break;
      case "nothing":
        journal.announce(`${request.signal} does nothing in debug mode: stop the server and start it again`);
    }
  }
}

async function restart({ signal, wish }: Request, running: Running): Promise<void> {
  const { certificates, fresh, frontEnds, journal, logs, manager, pool, services, settings } = running;
  const graceful = wish === "graceful";
  journal.announce(
    graceful
      ? `AH00493: ${signal} received.  Doing graceful restart`
      : `AH00494: ${signal} received.  Attempting to restart`,
  );
  manager.reloading();
  // They may have been moved away by whoever rotates them.
  logs.reopen();
  // Before new front ends ask for them.
  certificates?.renew();
  const problem = fresh.renew();
  if (problem !== null) void journal.write("core", "error", `the directives stay as they were: ${problem}`);
  // A client may take as long as it likes to finish, unless the restart is to be done soon.
  const graceMs = graceful ? 0 : settings.timeouts.shutdownMs;
  await Promise.all([
    pool.renew(WHY, "shutdown_signal"),
    frontEnds.renew(graceMs),
    services.renew(WHY, settings.timeouts.shutdownMs),
  ]);
}
