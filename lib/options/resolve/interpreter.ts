/** Which Python runs the application. Pure: asks the machine through `Facts`. */

import { absolute } from "../../settings/paths.ts";
import type { Identity } from "../../settings/settings.ts";
import type { Facts, Interpreter } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { describeObstacle, EXECUTE, obstacleTo, personOf } from "./permissions.ts";

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
  /** The option or variable that names it. */
  readonly label: string;
  /** Came from the PATH, where a wrapper such as a pyenv shim may stand for the interpreter. */
  readonly searched: boolean;
}

/**
 * The interpreter of --python (`wanted`), else of the active virtual environment, else of the PATH, where those that
 * `identity` may not run are passed over, as the system itself does (execvp(3)).
 */
export function findPython(wanted: string | undefined, identity: Identity, facts: Facts): Python | Problem {
  const denied: Denial[] = [];
  for (const candidate of candidates(wanted, facts)) {
    const answer = facts.askInterpreter(candidate.path, identity);
    if (!("failure" in answer)) {
      const skipped = denied.map(
        ({ path, why }) => `user ${identity.user} cannot run ${path} (${why}); ${candidate.path} is used`,
      );
      return judge(candidate, answer, [...lostEnvironment(wanted, facts), ...skipped]);
    }
    const why = denialOf(candidate.path, identity, facts);
    if (why === null) return broken(candidate, answer.failure, identity);
    if (!candidate.searched) return inaccessible([{ ...candidate, why }], identity);
    denied.push({ ...candidate, why });
  }
  return denied.length > 0 ? inaccessible(denied, identity) : notFound(wanted, facts);
}

interface Denial extends Candidate {
  readonly why: string;
}

/** In the order in which they are tried. */
function candidates(wanted: string | undefined, facts: Facts): readonly Candidate[] {
  if (wanted?.includes("/")) {
    const path = absolute(facts.directory, wanted);
    return facts.isExecutable(path) ? [{ path, label: "--python", searched: false }] : [];
  }
  const inEnvironment = environmentPython(facts);
  if (wanted === undefined && inEnvironment !== null && facts.isExecutable(inEnvironment)) {
    return [{ path: inEnvironment, label: "VIRTUAL_ENV", searched: false }];
  }
  const directories = (facts.environment["PATH"] ?? "").split(":").filter((directory) => directory !== "");
  const names = wanted === undefined ? ["python3", "python"] : [wanted];
  const label = wanted === undefined ? "PATH" : "--python";
  return names
    .flatMap((name) => directories.map((directory) => absolute(facts.directory, `${directory}/${name}`)))
    .filter((path) => facts.isExecutable(path))
    .map((path) => ({ path, label, searched: true }));
}

function judge({ path, label, searched }: Candidate, answer: Answer, warnings: readonly string[]): Python | Problem {
  const [major, minor] = answer.version;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return {
      exit: 1,
      what: `Python ${answer.version.join(".")} is too old`,
      from: [[label, path]],
      advice: `Name a Python of version ${OLDEST.join(".")} or newer with --python PATH.`,
    };
  }
  // What was named is kept as it is: it may be a wrapper that prepares something. A shim would only cost time.
  const real = searched && answer.executable.startsWith("/") ? answer.executable : path;
  return { path: real, locales: answer.locales, warnings };
}

type Answer = Exclude<Interpreter, { readonly failure: string }>;

/** What keeps `identity` from running the program, null when it seems to be something else. */
function denialOf(path: string, identity: Identity, facts: Facts): string | null {
  if (!identity.drop) return null;
  const obstacle = obstacleTo(path, EXECUTE, personOf(identity, facts), facts.entryAt);
  return obstacle === null ? null : describeObstacle(obstacle, facts);
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

/** What interpreters before 3.4, those of Python 2 among them, say to the option -I of the probe. */
const NO_SUCH_OPTION = /^Unknown option: -I/;

function broken({ path, label }: Candidate, failure: string, { drop, user }: Identity): Problem {
  return {
    exit: 1,
    what: NO_SUCH_OPTION.test(failure) ? "this Python is too old" : "the Python interpreter does not work",
    from: [[label, path], ...(drop ? [["run as", user] as const] : []), ["it said", failure]],
    advice: "Name a working Python, 3.8 or newer, with --python PATH.",
  };
}

function inaccessible(denied: readonly Denial[], { user }: Identity): Problem {
  return {
    exit: 1,
    what: `user ${user} cannot run the Python interpreter`,
    from: denied.flatMap(({ label, path, why }) => [
      [label, path],
      ["because", why],
    ]),
    advice: `Name a Python that user ${user} can run, such as --python /usr/bin/python3, or another --user.`,
  };
}

function notFound(wanted: string | undefined, facts: Facts): Problem {
  if (wanted?.includes("/")) {
    const path = absolute(facts.directory, wanted);
    // The original is told the folder of a virtual environment in other places.
    const inside = `${path.replace(/\/+$/, "")}/bin/python`;
    const suggested = facts.isExecutable(inside) ? inside : "/usr/bin/python3";
    return {
      exit: 1,
      what: "there is no program at the path of the Python interpreter",
      from: [["--python", path]],
      advice: `Name a Python of version 3.8 or newer, such as ${suggested}.`,
    };
  }
  return {
    exit: 1,
    what: wanted === undefined ? "no Python interpreter was found" : `no program ${wanted} was found on the PATH`,
    from: [["PATH", facts.environment["PATH"] ?? ""]],
    advice: "Install Python 3.8 or newer, or name one with --python PATH.",
  };
}
