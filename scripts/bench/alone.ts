/** What the application costs without any server, two processes at once: the floor that no server can get below. */

import { join } from "node:path";
import { bin, serverEnvironment } from "./python.ts";
import { applicationsOf } from "./site.ts";
import type { Application } from "./workloads.ts";

/** Processor time of one call, µs: the mean of two processes that run side by side for `seconds`. */
export async function measureAlone(site: string, application: Application, seconds: number): Promise<number | Error> {
  const { module, target } = application;
  const run = () =>
    Bun.spawn([join(bin, "python"), "run_alone.py", module, target, String(seconds)], {
      cwd: applicationsOf(site),
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      // Importing and warming up take some seconds of their own.
      timeout: (seconds + 20) * 1000,
    });
  const runs = await Promise.all(
    [run(), run()].map(async (child) => [await child.stdout.text(), await child.stderr.text()]),
  );
  const costs = runs.map(([output]) => Number(output));
  if (costs.some((cost) => !(cost > 0))) return new Error(`run_alone.py ${module}: ${runs.flat().join("\n").trim()}`);
  return costs.reduce((sum, cost) => sum + cost) / costs.length;
}
