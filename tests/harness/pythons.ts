/** Which Pythons tests run under, and as which user each can be run. */

import { dirname, join } from "node:path";
import { interpreters, venvPython, versions } from "../../scripts/venvs.ts";
import { readable } from "./folders.ts";

export interface Python {
  /** "3.11" */
  readonly version: string;
  /** For `--python`. */
  readonly path: string;
  /** For `--user`; null when the tests themselves are not run by root, and the option has no effect. */
  readonly user: string | null;
}

/** The bare interpreters, one for each version found, oldest first. */
export const pythons: readonly Python[] = await findPythons();

/** Those of {@link pythons} for which `npm test` has made an environment with Django and Flask. */
export const frameworkPythons: readonly Python[] = await findEnvironments();

/** What a test runs under that does not care: preferably one that allows serving as an unprivileged user. */
export const python: Python = pythons.find(({ user }) => user !== "root") ?? pythons[0] ?? noPython();

async function findPythons(): Promise<Python[]> {
  const found = await interpreters();
  const chosen: Python[] = [];
  for (const version of versions) {
    const best = found.find((interpreter) => interpreter.version === version);
    if (best === undefined) {
      console.warn(`NOT TESTED: python ${version}, which is neither on PATH nor under pyenv`);
      continue;
    }
    const { path, forAll } = best;
    if (process.getuid?.() !== 0) chosen.push({ version, path, user: null });
    else chosen.push({ version, path, user: forAll ? "nobody" : "root" });
  }
  return chosen;
}

async function findEnvironments(): Promise<Python[]> {
  const environments: Python[] = [];
  for (const bare of pythons) {
    const inside = await venvPython(bare.version);
    if (inside === undefined) {
      console.warn(`NOT TESTED: frameworks under python ${bare.version}; \`npm test\` makes the environment`);
      continue;
    }
    const home = dirname(dirname(inside));
    const reachable = bare.user === "nobody" ? await readable(home, join(home, "pyvenv.cfg")) : home;
    environments.push({ ...bare, path: join(reachable, "bin", "python") });
  }
  return environments;
}

function noPython(): never {
  throw new Error(`tests need one of CPython ${versions.join(", ")} on PATH or under pyenv`);
}
