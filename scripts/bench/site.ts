/** The folder that a run of the benchmark lives in: the applications, logs and server roots. */

import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const applications = fileURLToPath(new URL("apps", import.meta.url));

/** Make the folder. Everybody may read it: servers started by root run the applications as somebody else. */
export function makeSite(): string {
  const site = mkdtempSync(join(tmpdir(), "malt-bench-"));
  chmodSync(site, 0o755);
  cpSync(applications, join(site, "apps"), { recursive: true });
  return site;
}

/** Where the applications are. */
export function applicationsOf(site: string): string {
  return join(site, "apps");
}

/** An empty folder for one server, as `name` says. */
export function scratchOf(site: string, name: string): string {
  const scratch = join(site, name);
  mkdirSync(scratch, { mode: 0o755 });
  return scratch;
}

/** Take the folder away. */
export function removeSite(site: string): void {
  rmSync(site, { recursive: true, force: true });
}
