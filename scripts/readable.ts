/** Whether every user can reach a file: what the one knows who starts a server as root to run as somebody else. */

import { stat } from "node:fs/promises";
import { dirname } from "node:path";

const READ_BY_OTHERS = 0o004;
const SEARCH_BY_OTHERS = 0o001;

/** True when `path` and all folders above it are open to users who neither own them nor are in their group. */
export async function readableByAll(path: string): Promise<boolean> {
  if (((await stat(path)).mode & READ_BY_OTHERS) === 0) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & SEARCH_BY_OTHERS) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
