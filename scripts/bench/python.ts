/** The Python of the benchmark: one interpreter and one virtual environment for all servers. */

import { join } from "node:path";
import { mayRun, unprivileged } from "./account.ts";
import { say } from "./progress.ts";

const folder = join(import.meta.dir, "..", "..", ".venvs", "bench");

/** `bin` of the virtual environment. */
export const bin = join(folder, "bin");

/** Make the virtual environment unless it is there. Returns an `Error` when no python3 will do. */
export function provideVirtualEnvironment(): Error | null {
  const python = join(bin, "python");
  if (mayRun(python, ["-c", "import pip"])) return null;
  const found = pythons();
  const chosen = found.find((candidate) => mayRun(candidate, ["-c", "import venv, ensurepip"]));
  if (chosen === undefined) {
    const who = unprivileged ?? "this account";
    return new Error(
      `no python3 on PATH that ${who} may run and that has venv and pip (Debian: apt-get install python3-venv)`,
    );
  }
  if (chosen !== found[0])
    say(`${found[0]} is out of reach for ${unprivileged ?? "this account"}, or has no venv: all servers use ${chosen}`);
  say(`making ${folder} with ${chosen}`);
  const made = Bun.spawnSync([chosen, "-m", "venv", "--clear", folder], {
    stdout: "ignore",
    stderr: "pipe",
    timeout: 60_000,
  });
  return made.success ? null : new Error(`${chosen} -m venv ${folder}: ${made.stderr.toString().trim()}`);
}

/** Version of the interpreter, as in "3.11.7". */
export function pythonVersion(): string {
  return ask("import platform; print(platform.python_version())");
}

/** Version of an installed project; "" when it is not installed. */
export function installedVersion(project: string): string {
  return ask(`import importlib.metadata as m; print(m.version(${JSON.stringify(project)}))`);
}

/** The environment that servers are started in: the virtual environment is active, nothing of Bun's is passed on. */
export function serverEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // Variables of an outer Python would make the servers load other modules than those measured.
    if (value !== undefined && !/^(BUN_|PYTHON|VIRTUAL_ENV$|DJANGO_)/.test(name)) environment[name] = value;
  }
  return { ...environment, VIRTUAL_ENV: folder, PATH: `${bin}:${environment["PATH"] ?? ""}:/usr/sbin` };
}

function pythons(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(":").filter((entry) => entry.startsWith("/"));
  return [...new Set(folders)].flatMap((entry) => Bun.which("python3", { PATH: entry }) ?? []);
}

function ask(program: string): string {
  const { success, stdout } = Bun.spawnSync([join(bin, "python"), "-c", program], { stdout: "pipe", stderr: "ignore" });
  return success ? stdout.toString().trim() : "";
}
