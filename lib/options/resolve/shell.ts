/** Which shell runs the control script, and reads the script that sets the environment. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";

/** In this order, as the original looks for one. */
const SHELLS = ["bash", "sh"];

/** Every system has it. */
const PLAIN = "/bin/sh";

/** `wanted` is a path, or a name to look for on the PATH; the result is absolute. */
export function shellOf(wanted: string | undefined, facts: Facts): string | Problem {
  if (wanted === undefined) return onPath(SHELLS, facts) ?? PLAIN;
  const path = wanted.includes("/") ? absolute(facts.directory, wanted) : onPath([wanted], facts);
  if (path !== null && facts.isExecutable(path)) return path;
  return {
    exit: 1,
    what: `there is no shell ${path ?? wanted} that can be run`,
    from: [["--shell-executable", wanted]],
    advice: "Name a shell that knows the language of sh, such as /bin/sh.",
  };
}

function onPath(names: readonly string[], facts: Facts): string | null {
  const directories = (facts.environment["PATH"] ?? "").split(":").filter((directory) => directory.startsWith("/"));
  const paths = names.flatMap((name) => directories.map((directory) => absolute(directory, name)));
  return paths.find((path) => facts.isExecutable(path)) ?? null;
}
