/** A server whose application notes each request that it runs, and what a load of it came to. */

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../harness/folders.ts";
import type { Asked } from "../harness/load.ts";
import { start, type Server } from "../harness/server.ts";

export interface Counted extends AsyncDisposable {
  readonly server: Server;
  /** The paths that the application was called with, in the order in which the calls began. */
  executed(): string[];
}

export async function counted(args: readonly string[]): Promise<Counted> {
  const home = folder();
  const file = join(home.path, "executed");
  writeFileSync(file, "");
  // The workers may run as another user.
  chmodSync(home.path, 0o755);
  chmodSync(file, 0o666);
  const application = join(import.meta.dir, "apps", "counted.py");
  const server = await start(application, args, { env: { MALT_TEST_EXECUTED: file } });
  return {
    server,
    executed: () => readFileSync(file, "latin1").trimEnd().split("\n"),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      home[Symbol.dispose]();
    },
  };
}

/** Those that were not answered with their own path. */
export function failures(asked: readonly Asked[]): Asked[] {
  return asked.filter(({ target, outcome }) => outcome.kind !== "answered" || outcome.body !== target);
}

export function repeated(words: readonly string[]): string[] {
  const seen = new Set<string>();
  return words.filter((word) => seen.size === seen.add(word).size);
}
