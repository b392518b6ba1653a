/** What the supervisor starts. Its tests start something else. */

import { workerSources } from "../worker/sources.ts";

export interface WorkerSource {
  /** Relative to the folder they are all written to. */
  readonly path: string;
  readonly text: string;
}

export interface Commands {
  /** Argument list of this program, to which its commands are added. */
  readonly self: readonly string[];
  /** Argument list of a front end. */
  readonly frontEnd: readonly string[];
  /** Argument list that runs what follows it as another user, see os/run-as.ts. */
  readonly runAs: readonly string[];
  /** The Python program of a worker: `__main__.py` is its entry. */
  readonly workerSources: readonly WorkerSource[];
}

/** This very program, and the workers it carries. */
export function ownCommands(): Commands {
  // In the compiled program the entry point lies in Bun's embedded file system, and the executable finds it itself.
  const entry = Bun.main.startsWith("/$bunfs/") ? [] : [Bun.main];
  // What is installed under our path may be another version by now, with which we could not speak.
  const running = ["/proc/self/exe", ...entry];
  return {
    self: [process.execPath, ...entry],
    frontEnd: [...running, "front-end"],
    runAs: [...running, "run-as"],
    workerSources,
  };
}
