/** Servers whose application misbehaves, and what is expected of them all the same. */

import { expect } from "bun:test";
import { start, type Options, type Server } from "../../harness/server.ts";
import { until } from "../../harness/until.ts";
import { here } from "./inside.ts";

/** One worker, so that the next request meets what the last one has left. */
export function misbehaving(args: readonly string[] = [], options: Options = {}): Promise<Server> {
  return start(here("misbehaving.py"), ["--threads=2", "--log-level=info", "--shutdown-timeout=2", ...args], options);
}

/** The status of a request that may not be answered at all (0), as when its worker ends. */
export async function statusOf(server: Server, path: string): Promise<number> {
  try {
    return (await server.get(path)).status;
  } catch {
    return 0;
  }
}

/** Waits until requests succeed, then holds the server to it: each of many does. */
export async function serves(server: Server): Promise<void> {
  await until("a request to succeed", async () => (await statusOf(server, "/")) === 200);
  for (let count = 0; count < 10; count += 1) expect(await server.text("/")).toBe("well");
}

/** Waits until the only worker is another than `before`, and serves. */
export async function replacedAndServes(server: Server, before: readonly number[]): Promise<void> {
  await until("another worker", () => {
    const { workers } = server.processes();
    return workers.length === 1 && workers.every((pid) => !before.includes(pid));
  });
  await serves(server);
}
