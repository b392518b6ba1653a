/** Tests that are made for each Python on this machine. */

import { describe, test } from "bun:test";
import { pythons } from "../harness/pythons.ts";
import { TestWorker, type WorkerSetUp } from "./client.ts";

/** Processes take their time on a busy machine. */
const TIMEOUT_MS = 60_000;

export interface Promises {
  readonly python: string;
  readonly start: (setUp?: Omit<WorkerSetUp, "python">) => Promise<TestWorker>;
  /** Registers a test. `name` is a promise in plain words. */
  readonly it: (name: string, body: () => Promise<void>) => void;
}

function it(name: string, body: () => Promise<void>): void {
  test(name, body, TIMEOUT_MS);
}

/** Makes the tests of `make` once for each Python. */
export function forEachPython(make: (promises: Promises) => void): void {
  for (const { version, path } of pythons) {
    describe(`python ${version}`, () => {
      const start = (setUp: Omit<WorkerSetUp, "python"> = {}): Promise<TestWorker> =>
        TestWorker.start({ ...setUp, python: path });
      make({ python: path, start, it });
    });
  }
}
