/** The levels of the error log: Apache's. */

/** From the gravest to the most talkative. */
export const LOG_LEVELS = [
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
] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];
