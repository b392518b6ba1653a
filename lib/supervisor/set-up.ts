/** Making everything in the server root without starting anything: `setup-server`. */

import type { Settings } from "../settings/settings.ts";
import { banner } from "./banner.ts";
import { ownCommands, type Commands } from "./commands.ts";
import { shellWord } from "./control-script.ts";
import { furnishServerRoot } from "./furnish.ts";
import { controlScriptFile, settingsFile } from "./root-files.ts";
import { makeServerRoot } from "./server-root.ts";
import { StartupError } from "./startup-error.ts";

/**
 * Makes the server root and prints what it is for; 1, after saying why, when that failed. A server that runs from there
 * is not disturbed: it has read what it needs.
 */
export function setUp(settings: Settings, commands: Commands = ownCommands()): 0 | 1 {
  try {
    makeServerRoot(settings);
    furnishServerRoot(settings, commands);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`malt: ${error.message}\n`);
    return 1;
  }
  process.stdout.write(
    banner(settings, { port: settings.listeners.port, adminPort: null }, settingsFile(settings), "setup"),
  );
  const start = `${shellWord(controlScriptFile(settings))} start`;
  process.stderr.write(`malt: nothing was started; this starts the server: ${start}\n`);
  return 0;
}
