/** One process in the foreground, for looking into the application. */

import { flag, path } from "../builders.ts";
import { group } from "./group.ts";

export const debugging = group("Debugging", {
  "debug-mode": flag({
    status: "planned",
    help: "Run the application in one process with one thread, attached to the terminal, without timeouts and reloading.",
  }),
  "enable-debugger": flag({
    status: "planned",
    help: "In debug mode, open the Python debugger on exceptions that the application does not catch.",
  }),
  "debugger-startup": flag({
    status: "planned",
    help: "With --enable-debugger, also stop in the debugger at start, so that breakpoints can be set.",
  }),
  "enable-coverage": flag({
    status: "planned",
    help: "In debug mode, record which lines of code were run.",
  }),
  "coverage-directory": path("DIRECTORY-PATH", {
    status: "planned",
    fallback: "htmlcov in the server root",
    help: "Where the coverage report goes.",
  }),
  "enable-profiler": flag({
    status: "planned",
    help: "In debug mode, profile the application.",
  }),
  "profiler-directory": path("DIRECTORY-PATH", {
    status: "planned",
    fallback: "pstats in the server root",
    help: "Where the profiles go.",
  }),
  "enable-recorder": flag({
    status: "planned",
    help: "In debug mode, keep every request and response in files.",
  }),
  "recorder-directory": path("DIRECTORY-PATH", {
    status: "planned",
    fallback: "archive in the server root",
    help: "Where the recordings go.",
  }),
  "enable-gdb": flag({
    status: "planned",
    help: "In debug mode, run Python under gdb.",
  }),
  "gdb-executable": path("FILE-PATH", {
    status: "planned",
    default: "gdb",
    help: "The gdb to use.",
  }),
});
