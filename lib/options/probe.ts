/** Gathers `Facts` from the machine: the one impure file of the options. */

import { accessSync, constants, lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { usableCpus } from "../os/cpus.ts";
import { runAsWords } from "../os/run-as.ts";
import { groupsOf } from "../os/users.ts";
import type { Identity } from "../settings/settings.ts";
import type { Account, Entry, Facts, Interpreter, PathKind } from "./facts.ts";

/**
 * What the interpreter is asked. Old and odd ones must get far enough to say their version, so: plain syntax, no imports
 * from the library (`-S` and `-I` keep site directories and the environment out of it).
 */
const QUESTION = `
import sys
from _locale import LC_ALL, setlocale
def known(name):
    try:
        return bool(setlocale(LC_ALL, name))
    except Exception:
        return False
answer = [".".join(map(str, sys.version_info[:3])), sys.executable or ""]
sys.stdout.write("\\0".join(answer + [name for name in ("en_US.UTF-8", "C.UTF-8") if known(name)]))
`;

/** Longer than any interpreter takes to start on a loaded machine. */
const PATIENCE_MS = 10_000;

/** `runAs` are the words that run what follows them as another user, see os/run-as.ts. */
export function gatherFacts(runAs: readonly string[]): Facts {
  return {
    directory: process.cwd(),
    environment: process.env,
    // Absent on Windows only, where the server cannot run.
    uid: process.geteuid?.() ?? -1,
    gid: process.getegid?.() ?? -1,
    users: readAccounts("/etc/passwd", 3),
    groups: readAccounts("/etc/group", 2),
    onMac: process.platform === "darwin",
    cpus: usableCpus(),
    kindOf,
    isExecutable,
    entryAt,
    groupsOf,
    askInterpreter: (path, identity) => askInterpreter(path, identity, runAs),
  };
}

/** `name:password:id…` lines of an account file; the number of the group stands in field `gidField`. */
function readAccounts(file: string, gidField: number): readonly Account[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Minimal containers have none; accounts then go by number.
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const fields = line.split(":");
    const [name = "", , id = ""] = fields;
    if (name === "" || name.startsWith("#") || !/^\d+$/.test(id)) return [];
    return [{ name, id: Number(id), gid: Number(fields[gidField]) }];
  });
}

function kindOf(path: string): PathKind {
  try {
    const stat = statSync(path);
    return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
  } catch {
    return "missing";
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function entryAt(path: string): Entry | null {
  try {
    const { mode, uid, gid } = lstatSync(path);
    const target = (mode & constants.S_IFMT) === constants.S_IFLNK ? readlinkSync(path) : null;
    return { mode: mode & 0o777, uid, gid, target };
  } catch {
    return null;
  }
}

function askInterpreter(path: string, identity: Identity, runAs: readonly string[]): Interpreter {
  const question = [path, "-I", "-S", "-c", QUESTION];
  const words = identity.drop ? [...runAs, ...runAsWords(identity, question)] : question;
  let answer;
  try {
    answer = Bun.spawnSync(words, { stdin: "ignore", timeout: PATIENCE_MS });
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
  if (answer.exitedDueToTimeout) return { failure: `nothing within ${PATIENCE_MS / 1000} seconds` };
  const [version = "", executable = "", ...locales] = answer.stdout.toString().split("\0");
  const numbers = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  if (answer.exitCode !== 0 || numbers === null) {
    const lines = answer.stderr.toString().trim().split("\n");
    // A traceback says what happened at its end, everything else at the start.
    const said = lines[0]?.startsWith("Traceback") ? lines.at(-1) : lines[0];
    return { failure: said?.slice(0, 200) || `nothing; it ended with ${answer.exitCode ?? answer.signalCode}` };
  }
  return { version: [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])], executable, locales };
}
