/** Temporary folders with files in them. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folder, type Folder } from "../../harness/folders.ts";

/** A new folder with these files in it: path below it to content. */
export function holding(files: Readonly<Record<string, string>>): Folder {
  const home = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home.path, name)), { recursive: true });
    writeFileSync(join(home.path, name), text);
  }
  return home;
}
