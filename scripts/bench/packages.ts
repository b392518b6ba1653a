/** Installs the peers from PyPI into the virtual environment. */

import { join } from "node:path";
import { say } from "./progress.ts";
import { bin, installedVersion } from "./python.ts";

export interface Release {
  readonly project: string;
  readonly version: string;
}

/** The framework of the second workload. */
export const djangoRelease: Release = { project: "Django", version: "5.2.19" };

// mod_wsgi, uWSGI and bjoern are compiled; ten minutes is far more than a slow machine takes.
const patience = 600_000;

/** See to it that exactly `release` is installed. Returns an `Error` with the end of pip's words when it can't be. */
export function provideRelease({ project, version }: Release): Error | null {
  if (installedVersion(project) === version) return null;
  say(`installing ${project} ${version}`);
  const words = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", `${project}==${version}`];
  const pip = Bun.spawnSync([join(bin, "python"), ...words], { stdout: "pipe", stderr: "pipe", timeout: patience });
  if (pip.success && installedVersion(project) === version) return null;
  const output = (pip.stdout.toString() + pip.stderr.toString()).trim().split("\n");
  return new Error(`pip could not install ${project} ${version}: ${output.slice(-6).join(" | ")}`);
}
