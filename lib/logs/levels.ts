/** Which records the error log takes: one threshold, and thresholds of single modules. Pure. */

import { LOG_LEVELS, type LogLevel } from "../settings/log-level.ts";
import type { Logs } from "../settings/settings.ts";

const severity = new Map(LOG_LEVELS.map((level, index) => [level, index]));

const rank = (level: LogLevel) => severity.get(level) ?? 0;

/** A level by its name, for text from another process; `otherwise` when there is no such level. */
export function levelNamed(name: string, otherwise: LogLevel): LogLevel {
  return LOG_LEVELS.find((level) => level === name) ?? otherwise;
}

/** Whether a record of `module` at `level` is to be written. */
export type LevelFilter = (module: string, level: LogLevel) => boolean;

/** The filter that --log-level describes; modules are named with or without "_module", as in Apache. */
export function levelFilter({ level, moduleLevels }: Pick<Logs, "level" | "moduleLevels">): LevelFilter {
  const general = rank(level);
  const modules = new Map(
    Object.entries(moduleLevels).map(([name, threshold]) => [name.replace(/_module$/, ""), rank(threshold)]),
  );
  return (module, of) => rank(of) <= (modules.get(module) ?? general);
}
