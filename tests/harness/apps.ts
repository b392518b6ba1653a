/** The applications in tests/apps. */

import { join } from "node:path";

/** The path of an application by its file name: `app("hello.py")`. */
export function app(name: string): string {
  return join(import.meta.dir, "..", "apps", name);
}
