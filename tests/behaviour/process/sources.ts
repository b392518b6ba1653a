/** Applications that a test writes, edits and breaks while they run. */

import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "../../harness/server.ts";

/** What an application made by {@link sourceSaying} answers. */
export interface Said {
  readonly text: string;
  readonly pid: number;
  readonly connects: string;
  readonly restarts: string;
  readonly body: string;
}

/** The source of an application that says `text`, an expression of Python, after running `before`. */
export function sourceSaying(text: string, before = ""): string {
  return `${before}
import json, os
def application(environ, start_response):
    said = {"text": ${text}, "pid": os.getpid(), "body": environ["wsgi.input"].read().decode()}
    said["connects"] = environ.get("mod_wsgi.daemon_connects")
    said["restarts"] = environ.get("mod_wsgi.daemon_restarts")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]
`;
}

/**
 * Writes a file that is told from the one before by its time: coarse clocks of file systems give two edits within some
 * milliseconds the same one. Each write is a second later than the last.
 */
export function edit(path: string, source: string): void {
  writeFileSync(path, source);
  edits += 1;
  const time = EPOCH + edits;
  utimesSync(path, time, time);
}

let edits = 0;
const EPOCH = 1_700_000_000;

/** A folder in `place` that everybody may read and write. */
export function shared(place: string, name: string): string {
  const path = join(place, name);
  mkdirSync(path);
  chmodSync(path, 0o777);
  return path;
}

export async function said(server: Server, init?: RequestInit): Promise<Said> {
  const response = await server.get("/", init);
  if (response.status !== 200) throw new Error(`answered ${response.status}`);
  return (await response.json()) as Said;
}
