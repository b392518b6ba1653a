/**
 * Builds dist/malt, the one executable, and dist/mod_wsgi-express, its other name. `--force` builds even when no source
 * has changed.
 */

import { mkdir, readdir, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";

const checkout = join(import.meta.dir, "..");
const dist = join(checkout, "dist");
const binary = join(dist, "malt");

/** Everything the binary depends on: what it is made of, what makes it, and which bun goes into it. */
const sources = ["cli.ts", "lib", "docs", "package.json", "package-lock.json", "tsconfig.json", "scripts/build.ts"];

const hardening = [
  // A server must not change its behaviour with the files of the directory it is started in.
  "--no-compile-autoload-dotenv",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-tsconfig",
  "--no-compile-autoload-package-json",
  // With it, BUN_OPTIONS=--preload=… and BUN_INSPECT can no longer bring foreign code into the process.
  "--compile-exec-argv=--disallow-code-generation-from-strings=strict",
];

const startedAt = new Date();
const builtMs = await modifiedMs(binary);
if (Bun.argv.includes("--force") || builtMs < (await newest(sources))) {
  if (!(await compile())) process.exit(1);
  console.error(`built dist/malt in ${Date.now() - startedAt.getTime()} ms`);
}
await link();

/**
 * Compiles in a folder of its own and renames, so that a half-built binary is never seen and a running one goes on.
 * False, after saying why, when that failed.
 */
async function compile(): Promise<boolean> {
  const workshop = join(dist, `.build-${process.pid}`);
  await mkdir(workshop, { recursive: true });
  try {
    const flags = ["--compile", "--minify", "--bytecode", "--format=esm", "--sourcemap", ...hardening];
    const build = Bun.spawn([process.execPath, "build", ...flags, "cli.ts", "--outfile", join(workshop, "malt")], {
      cwd: checkout,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const progress = await new Response(build.stdout).text();
    if ((await build.exited) !== 0) {
      console.error(`${progress}build: bun build failed, dist/malt is as it was`);
      return false;
    }
    // A source saved while the compiler ran is newer than this, and so is built the next time.
    await utimes(join(workshop, "malt"), startedAt, startedAt);
    for (const made of await readdir(workshop)) await rename(join(workshop, made), join(dist, made));
    return true;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function link(): Promise<void> {
  const other = join(dist, "mod_wsgi-express");
  const exists = await stat(other).catch(() => undefined);
  if (exists !== undefined) return;
  await rm(other, { force: true });
  await symlink("malt", other);
}

/** The time of the last change in or below `paths`, ms; folders count, so that a removed file is a change too. */
async function newest(paths: readonly string[]): Promise<number> {
  let latest = 0;
  for (const path of paths) {
    const full = join(checkout, path);
    latest = Math.max(latest, await modifiedMs(full));
    for (const inside of await readdir(full, { recursive: true }).catch(() => [])) {
      if (!inside.includes("__pycache__")) latest = Math.max(latest, await modifiedMs(join(full, inside)));
    }
  }
  return latest;
}

/** -1 when there is no such file. */
async function modifiedMs(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? -1;
}
