/** Asks a running server about itself, from another process: the other end of control-socket.ts. */

import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../metrics/report.ts";
import { codeOf } from "../os/errors.ts";
import type { Question } from "./control-socket.ts";
import { controlSocketIn } from "./root-files.ts";
import { runningServer } from "./running-server.ts";
import { readSaved } from "./saved.ts";
import { StartupError } from "./startup-error.ts";

/** It asks its processes first, each of which has a second. */
const PATIENCE_MS = 10_000;

/** The answer; null when no server runs from this root. Throws a {@link StartupError} when it can't be asked. */
export async function askServer(root: string, question: Question): Promise<Report | null> {
  if (!existsSync(root)) return null;
  // Also tells a server that is stuck from none, and a stranger from the owner.
  if (typeof runningServer(readSaved(root, "look").server) !== "object") return null;
  return JSON.parse(await converse(controlSocketIn(root), `${JSON.stringify(question)}\n`)) as Report;
}

/** The default server roots of this user's servers that run now. */
export function runningRoots(): readonly string[] {
  const folder = tmpdir();
  const names = readdirSync(folder).filter(
    (name) => name.startsWith("mod_wsgi-") && name.endsWith(`:${process.getuid?.()}`),
  );
  return names.map((name) => join(folder, name)).filter(isServed);
}

function isServed(root: string): boolean {
  try {
    return typeof runningServer(readSaved(root).server) === "object";
  } catch {
    // A folder that no server has left, or somebody else's.
    return false;
  }
}

async function converse(path: string, line: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const late = setTimeout(
    () => answer.reject(new StartupError(`the server does not answer at ${path} within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  const close = () => {
    const text = Buffer.concat(chunks).toString();
    if (text.endsWith("\n")) answer.resolve(text);
    else answer.reject(new StartupError("the server ended in the middle of its answer"));
  };
  try {
    const socket = await Bun.connect({
      unix: path,
      socket: { data: (_socket, chunk) => void chunks.push(chunk), close },
    }).catch((error: unknown) => {
      throw new StartupError(
        `the server cannot be asked at ${path} (${codeOf(error)})\n  act as the user who started it, or as root; its log tells when it could not listen there`,
      );
    });
    socket.write(line);
    return await answer.promise;
  } finally {
    clearTimeout(late);
  }
}
