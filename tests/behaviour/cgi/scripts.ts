/** A document root with scripts in it. */

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { folder, type Folder } from "../../harness/folders.ts";
import { start, type Options, type Server } from "../../harness/server.ts";
import { site } from "../http/notes.ts";

/**
 * A new folder with these files in it, path below it to content: those that begin with "#!" are executable, and so are those
 * of .cgi, which are shell scripts otherwise.
 */
export function scripts(files: Readonly<Record<string, string>>): Folder {
  const home = folder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(home.path, name);
    mkdirSync(dirname(path), { recursive: true });
    const content = name.endsWith(".cgi") && !text.startsWith("#!") ? `#!/bin/sh\n${text}\n` : text;
    writeFileSync(path, content.replaceAll("HOME_FOLDER", home.path));
    if (content.startsWith("#!")) chmodSync(path, 0o755);
  }
  return home;
}

/** A server with an application behind them. */
export function startWith(root: Folder, args: readonly string[] = [], options: Options = {}): Promise<Server> {
  return start(site, ["--with-cgi", `--document-root=${root.path}`, ...args], options);
}
