/** What is logged, in which form, and where. */

import { checkLogLevel } from "../checks/log-level.ts";
import { flag, integer, path, text } from "../builders.ts";
import { group } from "./group.ts";

export const logs = group("Logs", {
  "log-directory": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "the server root",
    needs: "made-directory",
    help: "Where the log files are. Giving it turns --log-to-terminal off. It is made when only its last part is missing.",
  }),
  "log-level": text("NAME", {
    status: "built",
    default: "warn",
    check: checkLogLevel,
    help: "What the error log holds, from the most serious: emerg, alert, crit, error, warn, notice, info, debug, trace1 to trace8. A module can have its own, as in 'warn wsgi:info'. Output of the application counts as error.",
  }),
  "log-to-terminal": flag({
    status: "built",
    help: "Write the error log to standard error and the access log to standard output instead of files.",
  }),
  "error-log-name": text("FILE-NAME", {
    status: "built",
    default: "error_log",
    help: "Name of the error log in the log directory, or a path of its own.",
  }),
  "error-log-format": text("FORMAT", {
    status: "planned",
    help: "What a line of the error log looks like, in the notation of Apache's ErrorLogFormat.",
  }),
  "access-log": flag({
    status: "built",
    help: "Keep an access log: one line for each request.",
  }),
  "access-log-name": text("FILE-NAME", {
    status: "built",
    default: "access_log",
    help: "Name of the access log in the log directory, or a path of its own.",
  }),
  "access-log-format": text("FORMAT", {
    status: "built",
    fallback: "common",
    help: "What a line of the access log looks like: common, combined, or the notation of Apache's LogFormat.",
  }),
  "startup-log": flag({
    status: "planned",
    help: "Keep what is reported before the error log is open in a file of its own.",
  }),
  "startup-log-name": text("FILE-NAME", {
    status: "planned",
    default: "startup_log",
    help: "Name of the startup log in the log directory.",
  }),
  "rotate-logs": flag({
    status: "planned",
    help: "Begin a new log file when one is full, with the time in its name. It has no effect with --log-to-terminal.",
  }),
  "max-log-size": integer("MB", "MiB", {
    status: "planned",
    default: 5,
    min: 1,
    help: "When --rotate-logs takes a log file to be full.",
  }),
  "rotatelogs-executable": path("FILE-PATH", {
    status: "planned",
    fallback: "logs are rotated by the server itself",
    help: "A program to rotate the logs instead: it gets the file name pattern and the size, and the log on its standard input.",
  }),
  "verbose-debugging": flag({
    status: "built",
    hidden: true,
    help: "Write more about workers and interpreters to the error log.",
  }),
});
