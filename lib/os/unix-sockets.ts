/**
 * Listening sockets in the file system. What is on disk there outlives its owner, so one that is in the way is asked first:
 * only a socket on which nobody listens is removed.
 */

import { ptr } from "bun:ffi";
import { closeSync, fchmodSync, lchownSync, lstatSync, rmSync, type BigIntStats } from "node:fs";
import { dirname } from "node:path";
import { codeOf, failed, type OsFailure } from "./errors.ts";
import { libc } from "./libc.ts";
import { lockDirectory, type DirectoryLock } from "./lock.ts";
import { AF_UNIX, encodePath } from "./sockaddr.ts";
import { SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM, type BindProblem } from "./sockets.ts";

export interface PathSocket {
  readonly fd: number;
  readonly file: SocketFile;
}

/** The file of a socket: it may be removed as long as it is this one. */
export interface SocketFile {
  readonly path: string;
  /** Device, inode and birth: the number of a removed inode may be another's at once. */
  readonly id: string;
}

/** Who may connect. */
export interface PathAccess {
  readonly mode: number;
  /** null leaves the file to the user of this process. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

// Somebody who holds the lock only looks at a socket and replaces it.
const LOCK_TRIES = 50;
const LOCK_PAUSE_MS = 10;

/** Listens on the absolute `path`, non-blocking and close-on-exec. Nobody can connect before owner and mode are as said. */
export function listenOnPath(path: string, backlog: number, access: PathAccess): PathSocket | BindProblem {
  const lock = lockFolder(path);
  if (lock !== undefined && "problem" in lock) return lock;
  try {
    const obstacle = clearTheWay(path);
    if (obstacle !== null) return obstacle;
    const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return explain(path, failed("socket"));
    const made = makeFile(fd, path, backlog, access);
    if ("call" in made) closeSync(fd);
    return "call" in made ? explain(path, made) : { fd, file: made };
  } finally {
    lock?.release();
  }
}

/** Removes the file of a socket, unless it is gone or something else has its name. */
export function removeSocketFile({ path, id }: SocketFile): void {
  try {
    if (idOf(lstatSync(path, { bigint: true })) === id) rmSync(path);
  } catch {
    // Gone, or in a folder that can't be entered any more.
  }
}

/** Two servers that start at once must not take each other's new socket for a dead one: it listens a moment after it is there. */
function lockFolder(path: string): DirectoryLock | undefined | BindProblem {
  try {
    for (let tries = 0; tries < LOCK_TRIES; tries++) {
      const lock = lockDirectory(dirname(path));
      if (lock !== undefined) return lock;
      Bun.sleepSync(LOCK_PAUSE_MS);
    }
    // A running server keeps its root locked: nobody replaces a socket there for so long.
    return undefined;
  } catch (error) {
    return explain(path, { call: "open", code: codeOf(error) });
  }
}

/** Sees to it that nothing has the name `path`; null when it is free. */
function clearTheWay(path: string): BindProblem | null {
  let found: BigIntStats;
  try {
    found = lstatSync(path, { bigint: true });
  } catch (error) {
    return codeOf(error) === "ENOENT" ? null : explain(path, { call: "lstat", code: codeOf(error) });
  }
  if (!found.isSocket()) return explain(path, { call: "bind", code: "ENOTSOCK" });
  const answer = connectTo(path);
  if (answer === "ENOENT") return null;
  if (answer !== "ECONNREFUSED") return explain(path, { call: "bind", code: "EADDRINUSE" });
  try {
    rmSync(path);
    return null;
  } catch (error) {
    return explain(path, { call: "unlink", code: codeOf(error) });
  }
}

/** What a client gets: "" when somebody listens, also while their queue is full, or the error. */
function connectTo(path: string): string {
  const fd = libc().socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("socket").code;
  const name = encodePath(path);
  const code = libc().connect(fd, ptr(name), name.length) < 0 ? failed("connect").code : "";
  closeSync(fd);
  return code;
}

function makeFile(fd: number, path: string, backlog: number, access: PathAccess): SocketFile | OsFailure {
  const name = encodePath(path);
  // Linux gives the file the mode of the socket, less the umask: it is right from its first moment, and no link that
  // somebody puts in its place can have its mode changed.
  fchmodSync(fd, access.mode);
  const umask = process.umask(0);
  const bound = libc().bind(fd, ptr(name), name.length) >= 0;
  const failure = bound ? undefined : failed("bind");
  process.umask(umask);
  if (failure !== undefined) return failure;
  try {
    if (access.owner !== null) lchownSync(path, access.owner.uid, access.owner.gid);
    const file = { path, id: idOf(lstatSync(path, { bigint: true })) };
    if (libc().listen(fd, backlog) >= 0) return file;
    const unheard = failed("listen");
    removeSocketFile(file);
    return unheard;
  } catch (error) {
    return { call: "chown", code: codeOf(error) };
  }
}

function idOf({ birthtimeNs, dev, ino }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

function explain(path: string, { call, code }: OsFailure): BindProblem {
  return {
    code,
    problem: `${WHY[code] ?? `cannot listen on {}: ${call} failed with ${code}`}`.replaceAll("{}", () => path),
  };
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE:
    "socket in use: another process listens on {}\n  ss -lxp 'src = {}' shows which; --host unix:PATH chooses another",
  ENOTSOCK:
    "--host unix:{}: there is something that is no socket\n  look what it is, and remove it or give another path",
  ENOENT: "--host unix:{}: its folder does not exist\n  make it, or give another path",
  EACCES: "--host unix:{}: this user may not make a socket there\n  give a folder that it may write to",
  EPERM:
    "--host unix:{}: the socket that is there belongs to somebody else\n  look whose it is, and remove it or give another path",
  EROFS: "--host unix:{}: that file system can only be read\n  give another path, such as one below /run",
};
