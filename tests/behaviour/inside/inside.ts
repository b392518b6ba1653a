/** What the tests of this folder share: their application, and metrics as numbers. */

import { join } from "node:path";
import type { Server } from "../../harness/server.ts";
import { until } from "../../harness/until.ts";

export const busy = join(import.meta.dir, "apps", "busy.py");

/** The samples of a page of metrics by name and labels, as they are written. */
export function samplesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

export async function metricsOf(server: Server, path = "/metrics"): Promise<ReadonlyMap<string, number>> {
  return samplesIn(await server.text(path));
}

/** The address that the banner gives the pages about the server. */
export function adminOf(server: Server): string {
  return /^Admin URL +: (http:\S+)\/$/m.exec(server.output())?.[1] ?? "";
}

/** The answer at `url` once it says that the server is ready: workers are connected a moment before they have said hello. */
export async function readyAt(url: string): Promise<Response> {
  return await until("the server to be ready", async () => {
    const answer = await fetch(url);
    return answer.status === 200 ? answer : null;
  });
}
