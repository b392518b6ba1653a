/** Which logs are kept, where, and in which form. Pure. */

import { absolute } from "../../settings/paths.ts";
import type { Logs } from "../../settings/settings.ts";
import type { Parsed } from "../argv.ts";
import { readLogLevels } from "../checks/log-level.ts";
import type { Facts } from "../facts.ts";
import { findProgram } from "./programs.ts";

/** The nicknames Apache's default configuration defines. */
const FORMATS: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %>s %b',
  combined: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"',
};

export function resolveLogs({ values, given }: Parsed, serverRoot: string, facts: Facts): Logs {
  const chosen = values["log-directory"];
  const directory = chosen === undefined ? serverRoot : absolute(facts.directory, chosen);
  const levels = readLogLevels(values["log-level"]);
  if (typeof levels === "string") throw new Error(`--log-level was not checked: ${levels}`);
  const format = values["access-log-format"] || "common";
  const toTerminal = values["log-to-terminal"] && !given.has("log-directory");
  const program = values["rotatelogs-executable"];
  return {
    directory,
    level: levels.level,
    moduleLevels: levels.modules,
    toTerminal,
    errorLog: absolute(directory, values["error-log-name"]),
    accessLog: values["access-log"] ? absolute(directory, values["access-log-name"]) : null,
    startupLog: values["startup-log"] ? absolute(directory, values["startup-log-name"]) : null,
    format: values["log-format"],
    accessFormat: FORMATS[format] ?? format,
    errorFormat: values["error-log-format"] || null,
    rotation:
      values["rotate-logs"] && !toTerminal
        ? {
            sizeMib: values["max-log-size"],
            program: program === undefined ? null : (findProgram(program, facts) ?? absolute(facts.directory, program)),
          }
        : null,
  };
}
