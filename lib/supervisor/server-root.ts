/** The server root and the folders in it: made when missing, and trusted only when nobody else could have put them. */

import { chmodSync, chownSync, lstatSync, statSync, writeFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../os/atomic-write.ts";
import { codeOf } from "../os/errors.ts";
import type { Identity, Settings } from "../settings/settings.ts";
import { controlScript, shellWord } from "./control-script.ts";
import { makeDebugFiles } from "./debug-files.ts";
import { makeFolder } from "./make-folder.ts";
import { controlScriptFile, rewriteRulesFile, settingsFile } from "./root-files.ts";
import { StartupError } from "./startup-error.ts";

/**
 * Makes the folders that the server needs, writes its settings down, and the script that controls it. The root must be
 * ours by then. `self` is the argument list of this program.
 */
export function fillServerRoot(settings: Settings, self: readonly string[]): void {
  const { files, identity, program, server, workers } = settings;
  if (files.documentRoot === join(server.root, "htdocs")) makeFolder("--document-root", files.documentRoot, 0o755);
  makeLogFolder(settings);
  // Packages unpack themselves there, as the worker's user.
  if (makeFolder("--python-eggs", workers.pythonEggs, 0o755) && identity.drop) {
    chownSync(workers.pythonEggs, identity.uid, identity.gid);
  }
  makeDebugFiles(settings);
  // What starts again was found there, and who it runs as this time may be an exception.
  if (program.command !== "control") writeControlFiles(settings, self);
}

export function makeLogFolder({ logs }: Settings): void {
  makeFolder("--log-directory", logs.directory, 0o755);
}

function writeControlFiles(settings: Settings, self: readonly string[]): void {
  const { server } = settings;
  // It holds the values of --setenv, which may be secrets.
  writeAtomically(settingsFile(settings), `${JSON.stringify(settings, null, 2)}\n`, 0o600);
  writeAtomically(controlScriptFile(settings), controlScript(settings, self), 0o755);
  // These two are the operator's, who may keep secrets in the first.
  const { envvarsScript } = server;
  const envvars = join(server.root, "envvars");
  if (envvarsScript === null) makeFile(envvars, 0o600);
  else writeAtomically(envvars, `. ${shellWord(envvarsScript)}\n`, 0o600);
  makeFile(rewriteRulesFile(settings), 0o644);
}

/** Makes the server root, or sees to it that it will do; throws a {@link StartupError} when it won't. */
export function makeServerRoot({ identity, server }: Settings): void {
  const { root } = server;
  // Front ends and workers of another user must get through to htdocs and their sockets; otherwise it's ours alone.
  const made = makeFolder("--server-root", root, identity.drop ? 0o755 : 0o700);
  const found = server.rootIsDefault ? lstatSync(root) : statSync(root);
  const problem = rootProblem(found, process.geteuid?.() ?? 0, server.rootIsDefault, identity);
  if (problem === undefined) return;
  if (problem === "closed" && server.rootIsDefault && !made) return chmodSync(root, 0o755);
  throw new StartupError(problem === "closed" ? closedText(root, identity) : `${problem.replace("{}", root)}`);
}

/**
 * What is wrong with a server root for this process's user `uid`, "{}" standing for its path; "closed" when the user
 * that workers become can't enter it; undefined when it will do. The default root has a name anyone can guess in a
 * folder anyone can write to; and programs in it are started as root before privileges are dropped.
 */
export function rootProblem(
  found: Pick<Stats, "uid" | "gid" | "mode" | "isDirectory">,
  uid: number,
  isDefault: boolean,
  identity: Identity,
): string | undefined {
  if (!found.isDirectory()) {
    return isDefault
      ? "the server root {} is not a directory of its own (a link?)\n  look who made it, remove it, or give another --server-root"
      : "--server-root {} is not a directory";
  }
  if (isDefault || identity.drop) {
    if (found.uid !== uid) {
      return `the server root {} belongs to user id ${found.uid}, not to ${uid} which runs this server\n  chown it, or give another --server-root`;
    }
    if ((found.mode & 0o022) !== 0) {
      return "the server root {} may be written to by others, who could replace what the server runs\n  chmod go-w it, or give another --server-root";
    }
  }
  const { drop, gid } = identity;
  const enter = found.gid === gid ? 0o010 : 0o001;
  return drop && identity.uid !== found.uid && (found.mode & enter) === 0 ? "closed" : undefined;
}

function closedText(root: string, { user }: Identity): string {
  return `the server root ${root} cannot be entered by user ${user}, as which the workers run\n  chmod o+x ${root}`;
}

/** Makes an empty file, unless something has that name already. */
function makeFile(path: string, mode: number): void {
  try {
    writeFileSync(path, "", { flag: "wx" });
    chmodSync(path, mode);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw new StartupError(`${path} cannot be made (${codeOf(error)})`);
  }
}
