/** Looks after workers: asks the state machine about each, and does what it says. */

import { watchOver, type Watch } from "./watch.ts";
import type { WatchClock } from "./watch-clock.ts";
import type { Ending } from "./worker-ending.ts";
import type { Worker } from "./worker.ts";
import { judge, takesRequests, type Farewell, type Limits } from "./worker-state.ts";

/** What needs another worker in its place. */
export interface Places {
  /** Another takes its place as soon as it is ready. */
  renew(worker: Worker, farewell: Farewell): void;
  /** Another takes its place now, and it gets nothing new. */
  vacate(worker: Worker, farewell: Farewell): void;
}

/** Watches `workers` until it is told to stop. */
export function watch(
  workers: { values(): Iterable<Worker> },
  limits: Limits,
  ending: Ending,
  places: Places,
  clock: WatchClock,
): Watch {
  const look = (worker: Worker, now: number) => {
    // What it said waits to be read while the log can take no more: that is no silence of its own.
    if (worker.process.isWaiting()) worker.heardAt = now;
    const verdict = judge(worker.state, { now, heardAt: worker.heardAt, signs: worker.signs }, limits);
    switch (verdict.act) {
      case "replace":
        ending.explain(worker, verdict.farewell);
        places.renew(worker, verdict.farewell);
        break;
      case "depart":
        ending.alarm(worker, verdict.farewell);
        ending.dump(worker);
        places.vacate(worker, verdict.farewell);
        ending.stop(worker, verdict.farewell);
        break;
      case "condemn":
        if (worker.state.phase === "stopping") {
          ending.explain(worker, verdict.farewell);
        } else {
          ending.alarm(worker, verdict.farewell);
          places.vacate(worker, verdict.farewell);
        }
        ending.condemn(worker, verdict.farewell);
        break;
      case "stop":
        ending.cut(worker);
        break;
      case "signal":
        ending.signal(worker);
        break;
      case "kill":
        ending.kill(worker);
        break;
      case "nothing":
    }
  };
  return watchOver(() => {
    const now = clock();
    const all = [...workers.values()];
    for (const worker of all) look(worker, now);
    return all.some(({ state }) => !takesRequests(state));
  });
}
