/** A supervisor as a program: `bun run.ts SETTINGS.json`, with stand-ins for front ends and workers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "../../lib/settings/settings.ts";
import { supervise } from "../../lib/supervisor/supervise.ts";

const settings = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Settings;
const worker = readFileSync(join(import.meta.dir, "fake-worker.py"), "utf8");
process.exit(
  await supervise(settings, {
    self: [process.execPath, join(import.meta.dir, "../../cli.ts")],
    frontEnd: [process.execPath, join(import.meta.dir, "fake-front-end.ts"), "front-end"],
    runAs: [process.execPath, join(import.meta.dir, "../../cli.ts"), "run-as"],
    workerSources: [{ path: "__main__.py", text: worker }],
  }),
);
