/** Whether the files and directories the options name are there. Pure: asks the machine through `Facts`. */

import { absolute, parentOf } from "../../settings/paths.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Needs, Option } from "../option.ts";
import type { Problem } from "../problem.ts";
import { options } from "../table.ts";

/** What is missing among the paths given. `made` are directories the server makes itself, by then or before. */
export function fileProblems({ values, given }: Parsed, made: readonly string[], facts: Facts): Problem[] {
  const problems: Problem[] = [];
  for (const name of given.keys()) {
    const option = options.get(name)!;
    if (option.needs === null) continue;
    for (const path of pathsIn(values[name], option)) {
      const problem = checkPath(`--${name}`, absolute(facts.directory, path), option.needs, made, facts);
      if (problem !== null) problems.push(problem);
    }
  }
  return problems;
}

/** What is wrong with one absolute path that came from `label`, or null. */
export function checkPath(
  label: string,
  path: string,
  needs: Needs,
  made: readonly string[],
  facts: Facts,
): Problem | null {
  const kindOf = (place: string) => (made.includes(place) ? "directory" : facts.kindOf(place));
  const kind = facts.kindOf(path);
  const from: Problem["from"] = [[label, path]];
  switch (needs) {
    case "file":
      if (kind === "missing") return { exit: 1, what: `there is no file ${path}`, from, advice: CHECK };
      if (kind === "directory") return { exit: 1, what: `${path} is a directory, not a file`, from, advice: CHECK };
      return null;
    case "directory":
      if (kindOf(path) === "directory") return null;
      return { exit: 1, what: `there is no directory ${path}`, from, advice: `mkdir -p ${path} makes it.` };
    case "made-directory":
      if (kind === "directory") return null;
      if (kind !== "missing") return { exit: 1, what: `${path} is not a directory`, from, advice: CHECK };
      return kindOf(parentOf(path)) === "directory" ? null : noParent(path, from);
    case "written-file":
      if (kind === "directory") return { exit: 1, what: `${path} is a directory, not a file`, from, advice: CHECK };
      return kindOf(parentOf(path)) === "directory" ? null : noParent(path, from);
  }
}

const CHECK = "Check the path; a relative one begins at the directory the server is started in.";

function noParent(path: string, from: Problem["from"]): Problem {
  const parent = parentOf(path);
  return {
    exit: 1,
    what: `${path} cannot be made: there is no directory ${parent}`,
    from,
    advice: `mkdir -p ${parent} makes it.`,
  };
}

function pathsIn(value: unknown, option: Option): readonly string[] {
  const uses = option.repeatable && Array.isArray(value) ? value : [value];
  return uses.filter((use) => typeof use === "string");
}
