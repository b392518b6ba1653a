/**
 * The CPythons of this machine, and a virtual environment for each, in .venvs/VERSION: with Django, Flask, coverage, and what
 * Prometheus reads metrics with.
 */

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { readableByAll } from "./readable.ts";

/** A CPython that runs. */
export interface Interpreter {
  /** "3.11" */
  readonly version: string;
  /** The program itself, with every link and shim resolved. */
  readonly path: string;
  /** Another user than the one who runs this can execute it: not so below a 0700 home directory. */
  readonly forAll: boolean;
}

/** The oldest supported version, the one most distributions ship, and a new one. */
export const versions = ["3.8", "3.11", "3.13"] as const;

/** Django 4.2 is the last for CPython 3.8, 5.2 the last for 3.11. */
const requirements: Readonly<Record<string, string>> = {
  "3.8": "Django==4.2.*\nFlask==3.0.*\ncoverage==7.6.*\nprometheus-client==0.21.*\n",
  "3.11": "Django==5.2.*\nFlask==3.1.*\ncoverage==7.6.*\nprometheus-client==0.21.*\n",
  "3.13": "Django==6.1.*\nFlask==3.1.*\ncoverage==7.6.*\nprometheus-client==0.21.*\n",
};

const folder = join(import.meta.dir, "..", ".venvs");

/**
 * The interpreters found for each of {@link versions}, on PATH and under pyenv, oldest version first; of several with
 * the same version the ones that every user can execute come first.
 */
export async function interpreters(): Promise<Interpreter[]> {
  const found: Interpreter[] = [];
  for (const version of versions) {
    const ofVersion = new Map<string, Interpreter>();
    for (const candidate of await candidates(version)) {
      const path = await identify(candidate, version);
      if (path !== undefined) ofVersion.set(path, { version, path, forAll: await readableByAll(path) });
    }
    found.push(...[...ofVersion.values()].toSorted((a, b) => Number(b.forAll) - Number(a.forAll)));
  }
  return found;
}

/** The python of the virtual environment for `version`; undefined when it has not been made. */
export async function venvPython(version: string): Promise<string | undefined> {
  const made = await readFile(marker(version), "utf8").catch(() => undefined);
  return made === undefined ? undefined : join(folder, version, "bin", "python");
}

/**
 * Makes .venvs/VERSION unless it is there with the same interpreter and packages.
 * Returns what went wrong, in the words of pip or venv; undefined when all is well.
 */
export async function makeVenv(interpreter: Interpreter): Promise<string | undefined> {
  const { version, path } = interpreter;
  const wanted = requirements[version] ?? "Django\nFlask\ncoverage\nprometheus-client\n";
  const mark = `${path}\n${wanted}`;
  if ((await readFile(marker(version), "utf8").catch(() => "")) === mark) return undefined;
  const home = join(folder, version);
  console.log(`making .venvs/${version} with ${wanted.trim().replaceAll("\n", ", ")}`);
  await rm(home, { recursive: true, force: true });
  for (const command of [
    [path, "-m", "venv", home],
    [
      join(home, "bin", "python"),
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      ...wanted.trim().split("\n"),
    ],
  ]) {
    const { code, output } = await run(command);
    if (code !== 0) return `${command.join(" ")}\n${output}`;
  }
  await writeFile(marker(version), mark);
  return undefined;
}

/** Written last: its presence says that the environment is complete, its text what is in it. */
function marker(version: string): string {
  return join(folder, version, "made-with.txt");
}

async function candidates(version: string): Promise<string[]> {
  const name = `python${version}`;
  const onPath = (process.env["PATH"] ?? "").split(":").map((directory) => join(directory, name));
  const pyenv = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const installed = (await readdir(pyenv).catch(() => [])).filter((release) => release.startsWith(`${version}.`));
  return [...onPath, ...installed.map((release) => join(pyenv, release, "bin", name))];
}

/** The real path of a candidate, by asking it: a pyenv shim may exist without the version behind it being active. */
async function identify(candidate: string, version: string): Promise<string | undefined> {
  if (!(await Bun.file(candidate).exists())) return undefined;
  const ask = "import os, sys; print('%d.%d' % sys.version_info[:2], os.path.realpath(sys.executable))";
  const { code, output } = await run([candidate, "-c", ask]);
  const [is, path] = output.trim().split(" ");
  return code === 0 && is === version ? path : undefined;
}

async function run(command: readonly string[]): Promise<{ code: number; output: string }> {
  const child = Bun.spawn([...command], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output: out + err };
}
