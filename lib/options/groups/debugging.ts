/** One process in the foreground, for looking into the application. */

import { flag, path } from "../builders.ts";
import { group } from "./group.ts";

export const debugging = group("Debugging", {
  "debug-mode": flag({
    status: "built",
    help: "Run the application in one process with one thread, attached to the terminal, without reloading, timeouts and limits. Any of the --enable-… options below does the same.",
  }),
  "enable-debugger": flag({
    status: "built",
    help: "In debug mode, open the Python debugger on exceptions that the application does not catch.",
  }),
  "debugger-startup": flag({
    status: "built",
    help: "With --enable-debugger, also stop in the debugger when the application is loaded, so that breakpoints can be set.",
  }),
  "enable-coverage": flag({
    status: "built",
    help: "In debug mode, record which lines of code are run, and write a report in HTML at the end. The package coverage must be installed for the Python of the application.",
  }),
  "coverage-directory": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "htmlcov in the server root",
    help: "Where the coverage report goes.",
  }),
  "enable-profiler": flag({
    status: "built",
    help: "In debug mode, profile the loading of the application and each request, for pstats and all that read its files.",
  }),
  "profiler-directory": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "pstats in the server root",
    help: "Where the profiles go.",
  }),
  "enable-recorder": flag({
    status: "built",
    help: "In debug mode, keep every request and response in files, with all the secrets that are in them.",
  }),
  "recorder-directory": path("DIRECTORY-PATH", {
    status: "built",
    fallback: "archive in the server root",
    help: "Where the recordings go.",
  }),
  "enable-gdb": flag({
    status: "built",
    help: "In debug mode, run Python under gdb, which stops where it crashes.",
  }),
  "gdb-executable": path("FILE-PATH", {
    status: "built",
    default: "gdb",
    help: "The gdb to use: a path, or a name to look for on the PATH.",
  }),
});
