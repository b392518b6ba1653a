/** Loaded before every test run (bunfig.toml): cleans up what the test files of a run share. */

import { afterAll } from "bun:test";
import { removeCopies } from "./folders.ts";

// Registered outside any test file it runs once, after the last file; bun does not emit "exit" at the end of its tests.
afterAll(removeCopies);
