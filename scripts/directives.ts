/** Writes docs/directives.md from the tables of directives. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { directivesManual } from "../lib/directives/manual.ts";

writeFileSync(fileURLToPath(new URL("../docs/directives.md", import.meta.url)), directivesManual());
