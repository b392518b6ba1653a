/**
 * --startup-log: a file for what is reported before there is an error log. Opened for each report, because before the
 * server root is made there may be no folder for it, and nobody knows whether what is there can be trusted.
 */

import { appendFileSync, closeSync } from "node:fs";
import { errorLayout } from "../logs/error-format.ts";
import { openLogFile, whyUnopened } from "../logs/open-log.ts";
import { nowUs } from "../os/clock.ts";
import type { LogLevel } from "../settings/log-level.ts";
import type { Settings } from "../settings/settings.ts";
import { makeLogFolder, makeServerRoot } from "./server-root.ts";

/** Adds reports, one record a line, if the options ask for that. Returns why it could not, or null. */
export function reportStart(settings: Settings, level: LogLevel, reports: readonly string[]): string | null {
  const { logs } = settings;
  // On a terminal whoever starts the server sees it anyway.
  if (logs.startupLog === null || logs.toTerminal) return null;
  const layout = errorLayout({ format: logs.format, errorFormat: null }, "");
  const { pid } = process;
  const lines = reports
    .flatMap((report) => report.split("\n"))
    .map((text) => `${layout.line({ timeUs: nowUs(), module: "core", level, pid, tid: pid, text })}\n`);
  try {
    makeServerRoot(settings);
    makeLogFolder(settings);
    const fd = openLogFile(logs.startupLog);
    appendFileSync(fd, lines.join(""));
    closeSync(fd);
    return null;
  } catch (error) {
    return `the startup log ${logs.startupLog} cannot be written ${whyUnopened(logs.startupLog, error)}`;
  }
}
