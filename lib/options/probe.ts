/** Gathers `Facts` from the machine: the one impure file of the options. */

import { accessSync, constants, lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { usableCpus } from "../os/cpus.ts";
import { runAsWords } from "../os/run-as.ts";
import { groupsOf, lookUp } from "../os/users.ts";
import type { Identity } from "../settings/settings.ts";
import type { Environment } from "./expand.ts";
import type { Account, Entry, Exports, Facts, Interpreter, PathKind } from "./facts.ts";

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

/** Reads the script, whose own output must not be mistaken for the answer, and tells what is exported then. */
const READ_AND_TELL = '. "$1" >/dev/null\nexec /usr/bin/env -0';

/** What a shell sets for itself. */
const OF_THE_SHELL = ["_", "OLDPWD", "PWD", "SHLVL"];

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
    lookUp,
    onMac: process.platform === "darwin",
    cpus: usableCpus(),
    kindOf,
    isExecutable,
    isEmpty,
    entryAt,
    groupsOf,
    askInterpreter: (path, identity) => askInterpreter(path, identity, runAs),
    runScript,
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

function isEmpty(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === 0;
}

function entryAt(path: string): Entry | null {
  try {
    const { mode, uid, gid } = lstatSync(path);
    const target = (mode & constants.S_IFMT) === constants.S_IFLNK ? readlinkSync(path) : null;
    return { mode: mode & 0o1777, uid, gid, target };
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

function runScript(shell: string, path: string, environment: Environment): Exports {
  const run = (...words: string[]) =>
    Bun.spawnSync([shell, ...words], { env: { ...environment }, stdin: "ignore", timeout: PATIENCE_MS });
  try {
    // bash goes on after a syntax error in a file that it reads with ".".
    const check = run("-n", path);
    if (check.exitCode !== 0) return { failure: check.stderr.toString().trim() };
    const answer = run("-c", READ_AND_TELL, shell, path);
    const said = answer.stderr.toString().trim();
    if (answer.exitedDueToTimeout) return { failure: `it did not end within ${PATIENCE_MS / 1000} seconds` };
    if (answer.exitCode !== 0) return { failure: said || `it ended with ${answer.exitCode ?? answer.signalCode}` };
    if (answer.stdout.length === 0) return { failure: said || "it calls exit, before its variables could be read" };
    return { environment: environmentIn(answer.stdout.toString(), environment), said };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** What `env -0` printed, but for what the shell did to `before` by itself. */
function environmentIn(text: string, before: Environment): Environment {
  const after: Record<string, string | undefined> = {};
  for (const pair of text.split("\0")) {
    const equals = pair.indexOf("=");
    if (equals > 0) after[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  for (const name of OF_THE_SHELL) {
    delete after[name];
    if (before[name] !== undefined) after[name] = before[name];
  }
  return after;
}
