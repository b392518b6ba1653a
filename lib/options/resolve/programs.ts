/** Where the programs are that options name. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Facts } from "../facts.ts";

/** `wanted` is a path, or a name to look for on the PATH; absolute, or null when there is no such program. */
export function findProgram(wanted: string, facts: Facts): string | null {
  const directories = (facts.environment["PATH"] ?? "").split(":").filter((directory) => directory.startsWith("/"));
  const paths = wanted.includes("/")
    ? [absolute(facts.directory, wanted)]
    : directories.map((directory) => absolute(directory, wanted));
  return paths.find((path) => facts.isExecutable(path)) ?? null;
}
