/** One worker as the pool knows it: its process, what it has told, and the state of its life. */

import type { Description } from "../control/worker.ts";
import type { Questions } from "./questions.ts";
import type { WorkerProcess } from "./worker-process.ts";
import type { Signs } from "./worker-signs.ts";
import type { Farewell, WorkerState } from "./worker-state.ts";

export interface Worker {
  readonly id: number;
  readonly slot: Slot;
  readonly process: WorkerProcess;
  readonly questions: Questions<Description>;
  /** Its Python, "" before it has told. */
  python: string;
  /** Serves until this one is ready; undefined from then on. */
  predecessor: Worker | undefined;
  state: WorkerState;
  signs: Signs;
  /** When it last said anything. */
  heardAt: number;
  /** Why it is replaced, as its front ends and its application are told once the replacement is ready. */
  farewell: Farewell;
  /** It could not load the application, and the one it was to replace has it: that one goes on. */
  unfit: boolean;
}

/** One place that always has a worker in it, or is about to. */
export interface Slot {
  /** Deaths in a row that came too early, see backoff.ts. */
  early: number;
  /** One of its workers took requests already. */
  served: boolean;
  timer?: ReturnType<typeof setTimeout>;
  /** The worker that was started last: it serves, or will. Those before it are on their way out. */
  newest?: Worker;
}
