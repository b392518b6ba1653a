/** `--log-level`: `LEVEL`, or `LEVEL module:LEVEL …` as Apache's LogLevel takes it. Pure. */

import { LOG_LEVELS, type LogLevel } from "../../settings/log-level.ts";
import { pythonRepr } from "../repr.ts";

export interface LogLevels {
  readonly level: LogLevel;
  /** Modules by their short name: `wsgi` for `wsgi`, `wsgi_module` and `mod_wsgi.c`. */
  readonly modules: Readonly<Record<string, LogLevel>>;
}

/** The levels in `text`, or what is wrong with it. */
export function readLogLevels(text: string): LogLevels | string {
  const words = text.split(/\s+/).filter((word) => word !== "");
  let level: LogLevel | undefined;
  const modules: Record<string, LogLevel> = {};
  for (const word of words) {
    const colon = word.indexOf(":");
    const name = word.slice(colon + 1).toLowerCase();
    const known = LOG_LEVELS.find((candidate) => candidate === name);
    if (known === undefined) return unknownLevel(word.slice(colon + 1));
    if (colon < 0 && level !== undefined) return `${pythonRepr(text)} has two levels; write "LEVEL module:LEVEL …"`;
    if (colon < 0) level = known;
    else if (/^\w+(\.c)?$/.test(word.slice(0, colon))) modules[moduleName(word.slice(0, colon))] = known;
    else return `${pythonRepr(word)} names no module; write "LEVEL module:LEVEL …", as in "warn wsgi:info"`;
  }
  if (words.length === 0) return unknownLevel(text);
  return { level: level ?? "warn", modules };
}

/** What is wrong with `text`, or null. */
export function checkLogLevel(text: string): string | null {
  const levels = readLogLevels(text);
  return typeof levels === "string" ? levels : null;
}

function unknownLevel(word: string): string {
  return `${pythonRepr(word)} is not a level; choose emerg, alert, crit, error, warn, notice, info, debug or trace1 to trace8`;
}

function moduleName(word: string): string {
  return word.replace(/^mod_(?=.*\.c$)/, "").replace(/(\.c|_module)$/, "");
}
