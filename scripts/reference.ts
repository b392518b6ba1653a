/** Writes docs/reference.md from the option table; with --check, exits 1 when the file is not what it would write. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { manual } from "../lib/options/manual.ts";

const file = fileURLToPath(new URL("../docs/reference.md", import.meta.url));

if (!process.argv.includes("--check")) {
  writeFileSync(file, manual());
} else if (readFileSync(file, "utf8") !== manual()) {
  console.error("docs/reference.md does not match the option table\n  bun scripts/reference.ts writes it anew");
  process.exitCode = 1;
}
