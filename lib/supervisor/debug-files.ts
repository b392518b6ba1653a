/** What debug mode needs on disk: the folders that its tools write to, and the commands for gdb. */

import { chownSync } from "node:fs";
import { writeAtomically } from "../os/atomic-write.ts";
import type { Settings } from "../settings/settings.ts";
import { makeFolder } from "./make-folder.ts";
import { gdbCommandsFile } from "./root-files.ts";

/** SIGINT stays with gdb: it is how a running program is interrupted to look at it. The others are the server's. */
const GDB_COMMANDS = `# Written at each start with --enable-gdb.
set pagination off
handle SIGTERM SIGQUIT SIGUSR1 SIGPIPE nostop noprint pass
run
# After a crash there is no exit code, and the prompt of gdb opens.
if !$_isvoid($_exitcode)
  quit $_exitcode
end
`;

/** Makes what is missing; folders that are made belong to the workers' user, who fills them. */
export function makeDebugFiles(settings: Settings): void {
  const { debugging, identity } = settings;
  if (debugging === null) return;
  const folders = [
    ["--coverage-directory", debugging.coverageDirectory, 0o755],
    ["--profiler-directory", debugging.profilerDirectory, 0o755],
    // Requests hold cookies and passwords.
    ["--recorder-directory", debugging.recorderDirectory, 0o700],
  ] as const;
  for (const [option, path, mode] of folders) {
    if (path !== null && makeFolder(option, path, mode) && identity.drop) chownSync(path, identity.uid, identity.gid);
  }
  if (debugging.gdb !== null) writeAtomically(gdbCommandsFile(settings), GDB_COMMANDS, 0o644);
}
