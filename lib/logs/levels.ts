/** Which records the error log takes: one threshold, and thresholds of single modules. Pure. */

import type { LogLevel, Logs } from "../settings/settings.ts";

/** From the gravest to the most talkative. */
export const LEVELS: readonly LogLevel[] = [
  "emerg",
  "alert",
  "crit",
  "error",
  "warn",
  "notice",
  "info",
  "debug",
  "trace1",
  "trace2",
  "trace3",
  "trace4",
  "trace5",
  "trace6",
  "trace7",
  "trace8",
];

const severity = new Map(LEVELS.map((level, index) => [level, index]));

const rank = (level: LogLevel) => severity.get(level) ?? 0;

/** A level by its name, for text from another process; `otherwise` when there is no such level. */
export function levelNamed(name: string, otherwise: LogLevel): LogLevel {
  return LEVELS.find((level) => level === name) ?? otherwise;
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
