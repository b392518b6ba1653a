/** Which Python runs the application. Pure: asks the machine through `Facts`. */

import { absolute } from "../../settings/paths.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";

/** The oldest Python the worker is written for. */
const OLDEST = [3, 8] as const;

export interface Python {
  /** Absolute. In a virtual environment it is the path in there, symlinks kept: Python finds its packages by it. */
  readonly path: string;
  readonly locales: readonly string[];
  readonly warnings: readonly string[];
}

interface Candidate {
  readonly path: string;
  /** Came from the PATH, where a wrapper such as a pyenv shim may stand for the interpreter. */
  readonly searched: boolean;
}

/** The interpreter of --python (`wanted`), else of the active virtual environment, else of the PATH. */
export function findPython(wanted: string | undefined, facts: Facts): Python | Problem {
  const candidate = locate(wanted, facts);
  if (candidate === null) return notFound(wanted, facts);
  const answer = facts.askInterpreter(candidate.path);
  const from: Problem["from"] = [[wanted === undefined ? "interpreter" : "--python", candidate.path]];
  if ("failure" in answer) {
    return {
      exit: 1,
      what: "the Python interpreter does not work",
      from: [...from, ["it said", answer.failure]],
      advice: "Name a working Python, 3.8 or newer, with --python PATH.",
    };
  }
  const [major, minor] = answer.version;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return {
      exit: 1,
      what: `Python ${answer.version.join(".")} is too old`,
      from,
      advice: `Name a Python of version ${OLDEST.join(".")} or newer with --python PATH.`,
    };
  }
  // What was named is kept as it is: it may be a wrapper that prepares something. A shim would only cost time.
  const real = candidate.searched && answer.executable.startsWith("/") ? answer.executable : candidate.path;
  return { path: real, locales: answer.locales, warnings: lostEnvironment(wanted, facts) };
}

function locate(wanted: string | undefined, facts: Facts): Candidate | null {
  if (wanted?.includes("/")) {
    const path = absolute(facts.directory, wanted);
    return facts.isExecutable(path) ? { path, searched: false } : null;
  }
  const inEnvironment = environmentPython(facts);
  if (wanted === undefined && inEnvironment !== null && facts.isExecutable(inEnvironment)) {
    return { path: inEnvironment, searched: false };
  }
  const directories = (facts.environment["PATH"] ?? "").split(":").filter((directory) => directory !== "");
  for (const name of wanted === undefined ? ["python3", "python"] : [wanted]) {
    for (const directory of directories) {
      const path = absolute(facts.directory, `${directory}/${name}`);
      if (facts.isExecutable(path)) return { path, searched: true };
    }
  }
  return null;
}

function environmentPython(facts: Facts): string | null {
  const directory = facts.environment["VIRTUAL_ENV"];
  return directory ? absolute(facts.directory, `${directory}/bin/python3`) : null;
}

/** An environment that is active but has no interpreter is worth a word: its packages will be missing. */
function lostEnvironment(wanted: string | undefined, facts: Facts): readonly string[] {
  const path = environmentPython(facts);
  if (wanted !== undefined || path === null || facts.isExecutable(path)) return [];
  return [`VIRTUAL_ENV is set, but there is no ${path}; the Python of the PATH is used`];
}

function notFound(wanted: string | undefined, facts: Facts): Problem {
  if (wanted?.includes("/")) {
    return {
      exit: 1,
      what: "there is no program at the path of the Python interpreter",
      from: [["--python", absolute(facts.directory, wanted)]],
      advice: "Name a Python of version 3.8 or newer, such as /usr/bin/python3.",
    };
  }
  return {
    exit: 1,
    what: wanted === undefined ? "no Python interpreter was found" : `no program ${wanted} was found on the PATH`,
    from: [["PATH", facts.environment["PATH"] ?? ""]],
    advice: "Install Python 3.8 or newer, or name one with --python PATH.",
  };
}
