/** The ways in which a worker comes to its end. Each leaves a line in the log, in the words of mod_wsgi. */

import { signalChild } from "./child.ts";
import { farewellWords, graceFor, type Graces } from "./farewell.ts";
import type { Journal } from "./journal.ts";
import type { WatchClock } from "./watch-clock.ts";
import { describeActive, seconds } from "./worker-signs.ts";
import type { Worker } from "./worker.ts";
import { after, type Farewell } from "./worker-state.ts";

export interface EndingPlan extends Graces {
  /** Name of the process group in the log. */
  readonly group: string;
  /** How long a worker may take to stop; 0 is no limit. */
  readonly shutdownMs: number;
}

export interface Ending {
  /** The limit that was reached, or the wish that was made. */
  explain(worker: Worker, farewell: Farewell): void;
  /** The same for one that is stuck, with what it is doing: that is everybody's business, whatever the log level. */
  alarm(worker: Worker, farewell: Farewell): void;
  /** Another serves in its place: it finishes what it has begun, then stops. `drained` has no front end send any more. */
  retire(worker: Worker, drained: () => Promise<void>): void;
  /** Asks it to stop; the second time, to be quicker. */
  stop(worker: Worker, farewell: Farewell, graceMs?: number): void;
  /** It drained for as long as it may. */
  cut(worker: Worker): void;
  /** Has it write the stacks of its threads into the log, also when none of them can run. */
  dump(worker: Worker): void;
  /** It is killed as soon as its stacks are in the log. */
  condemn(worker: Worker, farewell: Farewell): void;
  /** Asks by signal what it may not have heard. */
  signal(worker: Worker): void;
  kill(worker: Worker): void;
}

export function createEnding(plan: EndingPlan, journal: Journal, clock: WatchClock): Ending {
  const say = (worker: Worker, words: string) =>
    void journal.write("wsgi", "info", `mod_wsgi (pid=${worker.process.pid}): ${words} '${plan.group}'.`);

  const stop = (worker: Worker, { why, reason }: Farewell, graceMs = plan.shutdownMs) => {
    const before = worker.state.phase;
    worker.state = after(worker.state, { kind: "stop", why, graceMs }, clock());
    if (before !== "stopping") worker.process.send({ kind: "stop", reason });
  };

  const grave = (worker: Worker, words: string) =>
    void journal.write("wsgi", "error", `mod_wsgi (pid=${worker.process.pid}): ${words}.`);

  return {
    explain(worker, farewell) {
      const busy = worker.signs.active.length > 0 && graceFor(farewell.reason, plan) !== null;
      say(worker, farewellWords(farewell, busy));
    },
    alarm({ process, signs, heardAt, state }, { why }) {
      const now = clock();
      const running = signs.active.length === 0 ? "it runs no request" : `it runs ${describeActive(signs.active)}`;
      const what = state.phase === "starting" ? `it has been loading for ${seconds(now - state.startedAt)}` : running;
      const silence = `its last sign of life came ${seconds(now - heardAt)} ago`;
      const text = `mod_wsgi (pid=${process.pid}): ${why} '${plan.group}': ${what}, ${silence}.`;
      void journal.write("wsgi", "error", text);
    },
    retire(worker, drained) {
      const { farewell, state } = worker;
      if (state.phase !== "ready") return;
      const graceMs = graceFor(farewell.reason, plan);
      worker.state = after(state, { kind: "drain", why: farewell.why, graceMs: graceMs ?? 0 }, clock());
      const allDrained = drained();
      if (graceMs === null) return stop(worker, farewell);
      void allDrained.then(() => {
        if (worker.state.phase !== "draining") return;
        say(worker, "Requests have completed, triggering immediate shutdown");
        stop(worker, farewell);
      });
    },
    stop,
    cut(worker) {
      say(worker, "Daemon process graceful timer expired");
      stop(worker, worker.farewell);
    },
    dump(worker) {
      grave(worker, "Dumping stack trace for active Python threads");
      // Python's C code answers it, also when no Python code can run.
      signalChild(worker.process.pid, "SIGQUIT", false);
    },
    condemn(worker, farewell) {
      worker.state = after(worker.state, { kind: "condemn", why: farewell.why }, clock());
      this.dump(worker);
    },
    signal(worker) {
      worker.state = after(worker.state, { kind: "signalled" }, clock());
      signalChild(worker.process.pid, "SIGTERM", false);
    },
    kill(worker) {
      worker.process.kill();
    },
  };
}
