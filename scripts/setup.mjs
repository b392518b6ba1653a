/**
 * Makes a checkout ready on a machine that has only Node with npm: the packages of package-lock.json, and a bun that runs.
 *
 * Plain Node without dependencies, because nothing else is there yet. Quiet, and quick, when there is nothing to do.
 */

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(checkout, "node_modules");
const bun = join(modules, ".bin", "bun");

installPackages();
makeBunRun();

/** `npm ci` unless what is installed is as new as package-lock.json. */
function installPackages() {
  // npm writes this file last, so a broken-off installation leaves none and is done again.
  const installed = modifiedMs(join(modules, ".package-lock.json"));
  if (installed >= modifiedMs(join(checkout, "package-lock.json"))) return;
  console.error("setup: installing packages (npm ci)");
  const npm = run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (npm.status !== 0) fail("`npm ci` failed, see above", "Is the npm registry reachable, and the disk writable?");
}

/**
 * npm may decline to run the install script of the bun package, which then has no program yet. The script moves the
 * program and so fails when it runs twice: it is run only after bun was seen not to work.
 */
function makeBunRun() {
  if (bunRuns()) return;
  console.error("setup: finishing the installation of bun");
  run(process.execPath, [join(modules, "bun", "install.js")]);
  if (!bunRuns()) {
    fail(
      `${bun} does not run, also after its install script`,
      "Remove node_modules and try again; if that does not help: is there a bun for this machine (glibc, x64 or arm64)?",
    );
  }
}

function bunRuns() {
  return spawnSync(bun, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Standard output stays clean for whoever called: what npm says goes to standard error. */
function run(program, args) {
  return spawnSync(program, args, { cwd: checkout, stdio: ["ignore", 2, 2] });
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function fail(what, hint) {
  console.error(`setup: ${what}\n  ${hint}`);
  process.exit(1);
}
