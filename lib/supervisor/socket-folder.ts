/** The folder with the workers' sockets, which only their user can enter. */

import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../os/errors.ts";
import type { Settings } from "../settings/settings.ts";
import { StartupError } from "./startup-error.ts";

// `struct sockaddr_un` has room for 108 bytes, the last of them zero.
const LONGEST_PATH_BYTES = 107;

export interface SocketFolder {
  /** A number for a worker, which none had before: whatever pool it is in, its socket lies here. */
  newId(): number;
  /** Where worker `id` listens. */
  socket(id: number): string;
  /** Takes away what a worker that was killed left behind. */
  forget(id: number): void;
  remove(): void;
}

/** Makes `wsgi.PID.uUID` below --socket-prefix, mode 0700, owned by the user of the workers. */
export function makeSocketFolder({ identity, workers }: Settings): SocketFolder {
  const folder = join(workers.socketPrefix, `wsgi.${process.pid}.u${identity.uid}`);
  const longest = Buffer.byteLength(join(folder, "999999999.sock"));
  if (longest > LONGEST_PATH_BYTES) {
    throw new StartupError(
      `the path of a worker socket would have ${longest} bytes, and the system allows ${LONGEST_PATH_BYTES}: ` +
        `${folder}/N.sock\n  --socket-prefix /run or another short path`,
    );
  }
  make(folder, identity.uid);
  // A umask can't open it, and chown comes last: until then nobody else gets in.
  chmodSync(folder, 0o700);
  if (identity.drop) chownSync(folder, identity.uid, identity.gid);
  const socket = (id: number) => join(folder, `${id}.sock`);
  let lastId = 0;
  return {
    newId: () => ++lastId,
    socket,
    forget: (id) => rmSync(socket(id), { force: true }),
    remove: () => clear(folder),
  };
}

function make(folder: string, uid: number): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      throw new StartupError(`--socket-prefix: ${folder} cannot be made (${codeOf(error)})\n  give an existing folder`);
    }
    // Process ids come again, in containers with every start: this is what a server left that was killed.
    const found = lstatSync(folder);
    if (!found.isDirectory() || (found.uid !== uid && found.uid !== process.geteuid?.())) {
      throw new StartupError(`--socket-prefix: ${folder} is not ours\n  look who made it and remove it`);
    }
    clear(folder);
    mkdirSync(folder, { mode: 0o700 });
  }
}

/** Removes the folder and the sockets in it, never more than one level: the workers' user may have put things there. */
function clear(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
  rmdirSync(folder);
}
