/** Loaded before every test run (bunfig.toml): what all tests begin with, and cleaning up what the files of a run share. */

import { afterAll } from "bun:test";
import { removeCopies } from "./folders.ts";

// Tests write files for servers of another user and compare modes. Servers inherit it from here.
process.umask(0o022);

/** Thousands of files, in the five seconds bun allows, is not sure on a loaded machine. */
const TIMEOUT_MS = 60_000;

// Registered outside any test file it runs once, after the last file; bun does not emit "exit" at the end of its tests.
afterAll(removeCopies, TIMEOUT_MS);
