/** What is logged, in which form, and where. */

import { checkLogLevel } from "../checks/log-level.ts";
import { choice, flag, integer, path, text } from "../builders.ts";
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
    status: "built",
    fallback: "Apache's default",
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
  "log-format": choice("NAME", ["apache", "json"], {
    status: "built",
    default: "apache",
    help: "With json, each record of the error log and the access log is one JSON object, instead of what --error-log-format and --access-log-format say.",
  }),
  "startup-log": flag({
    status: "built",
    help: "Keep what is reported before the error log is open, such as why the server did not start, in a file of its own as well.",
  }),
  "startup-log-name": text("FILE-NAME", {
    status: "built",
    default: "startup_log",
    help: "Name of the startup log in the log directory, or a path of its own.",
  }),
  "rotate-logs": flag({
    status: "built",
    help: "Write the error log, the access log and those of services to files with the time in their names, as in access_log.2026-11-23-06_59_45 (UTC), and begin a new one when one is full and at each restart. Old ones are kept. It has no effect with --log-to-terminal.",
  }),
  "max-log-size": integer("MB", "MiB", {
    status: "built",
    default: 5,
    min: 1,
    help: "When --rotate-logs takes a log file to be full.",
  }),
  "rotatelogs-executable": path("FILE-PATH", {
    status: "built",
    fallback: "logs are rotated by the server itself",
    help: "A program that rotates the logs instead, such as rotatelogs of Apache, a path or a name to look for on the PATH: it gets the pattern of the file names and the size, as in 5M, and a log on its standard input. One that ends is started again, and finds what it has not read.",
  }),
  "verbose-debugging": flag({
    status: "built",
    hidden: true,
    help: "Write more about workers and interpreters to the error log.",
  }),
});
