/** The scripts that answer for files. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { FileHandler } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import { checkPath } from "./files.ts";

/** The last word on an extension counts. @param at makes a path of an option absolute. */
export function handlersOf(values: Parsed["values"], at: (path: string) => string): readonly FileHandler[] {
  const scripts = new Map(values["add-handler"].map(([name, script]) => [spelling(name), at(script)]));
  return [...scripts].map(([extension, script]) => ({ extension, script }));
}

/** Which scripts are not there. */
export function handlerProblems(values: Parsed["values"], facts: Facts): readonly Problem[] {
  const at = (path: string) => absolute(facts.directory, path);
  return handlersOf(values, at).flatMap(
    ({ extension, script }) => checkPath(`--add-handler ${extension}`, script, "file", [], facts) ?? [],
  );
}

/** The original's documentation has the dot, and Apache wants none: both are in use. */
function spelling(name: string): string {
  return `.${name.replace(/^\./, "").toLowerCase()}`;
}
