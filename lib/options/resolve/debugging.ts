/** Debug mode, and the tools that look into the application then. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Debugging } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import type { Facts } from "../facts.ts";
import type { Problem } from "../problem.ts";
import type { OptionName, Values } from "../table.ts";
import { checkPath } from "./files.ts";
import { findProgram } from "./programs.ts";

/** null without debug mode. {@link debuggingProblems} has found nothing. */
export function debuggingOf(values: Values, root: string, facts: Facts): Debugging | null {
  const tools = ["debugger", "coverage", "profiler", "recorder", "gdb"] as const;
  if (!values["debug-mode"] && !tools.some((tool) => values[`enable-${tool}`])) return null;
  const folder = (tool: "coverage" | "profiler" | "recorder", byDefault: string) =>
    values[`enable-${tool}`] ? absolute(facts.directory, values[`${tool}-directory`] ?? `${root}/${byDefault}`) : null;
  return {
    debugger: values["enable-debugger"],
    stopsAtStart: values["enable-debugger"] && values["debugger-startup"],
    coverageDirectory: folder("coverage", "htmlcov"),
    profilerDirectory: folder("profiler", "pstats"),
    recorderDirectory: folder("recorder", "archive"),
    gdb: values["enable-gdb"] ? findProgram(values["gdb-executable"], facts) : null,
  };
}

/** What keeps the tools from working. `made` are directories that the server makes itself. */
export function debuggingProblems(values: Values, root: string, made: readonly string[], facts: Facts): Problem[] {
  const debugging = debuggingOf(values, root, facts);
  if (debugging === null) return [];
  const problems: Problem[] = [];
  for (const tool of ["coverage", "profiler", "recorder"] as const) {
    const path = debugging[`${tool}Directory`];
    const problem = path && checkPath(`--${tool}-directory`, path, "made-directory", made, facts);
    if (problem) problems.push(problem);
  }
  if (values["enable-gdb"] && debugging.gdb === null) {
    const wanted = values["gdb-executable"];
    problems.push({
      exit: 1,
      what: `there is no program ${wanted} that can be run as gdb`,
      from: [wanted.includes("/") ? ["--gdb-executable", wanted] : ["PATH", facts.environment["PATH"] ?? ""]],
      advice: "Install gdb (apt-get install gdb, dnf install gdb), or name it with --gdb-executable PATH.",
    });
  }
  return problems;
}

/** Each without what it needs to have an effect. */
export function debuggingWarnings({ values, given }: Parsed): readonly string[] {
  const needs = [
    ["debugger-startup", "enable-debugger"],
    ["coverage-directory", "enable-coverage"],
    ["profiler-directory", "enable-profiler"],
    ["recorder-directory", "enable-recorder"],
    ["gdb-executable", "enable-gdb"],
  ] as const satisfies readonly (readonly [OptionName, OptionName])[];
  return needs
    .filter(([name, other]) => given.has(name) && !values[other])
    .map(([name, other]) => `--${name} has no effect without --${other}`);
}
