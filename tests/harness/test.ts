/** `test` of bun, which also shows what the servers of a test have written when it fails. */

import { test as bunTest } from "bun:test";
import { written } from "./server.ts";

/** Starting and stopping real processes on a loaded machine takes longer than the five seconds that bun allows. */
const TIMEOUT_MS = 60_000;

/** Registers a test. `name` is a promise in plain words. */
export function test(name: string, body: () => Promise<void>, timeoutMs: number = TIMEOUT_MS): void {
  const told = async (): Promise<void> => {
    written.length = 0;
    try {
      await body();
    } catch (error) {
      for (const text of written) console.error(`--- ${text()}`);
      if (!(error instanceof SuppressedError)) throw error;
      // The test failed, and then stopping its server did too: the first is the reason, the second may help.
      console.error(error.error);
      throw error.suppressed;
    }
  };
  bunTest(name, told, timeoutMs);
}
