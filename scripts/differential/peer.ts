/** One of the two servers, with the application that writes down what it gets. */

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rawClient, type RawClient } from "../../tests/harness/raw.ts";
import { unprivileged } from "../bench/account.ts";
import { freePort } from "../bench/free-port.ts";
import { probeUntilRight } from "../bench/probe.ts";
import { serverEnvironment } from "../bench/python.ts";
import { startProcess, stopProcess, tailOf } from "../bench/server-process.ts";

export interface Peer {
  connect(): Promise<RawClient>;
  /** Lines that the application has written so far. */
  records(): readonly string[];
  stop(): Promise<void>;
}

const application = join(import.meta.dir, "..", "..", "tests", "behaviour", "http", "apps", "recorder.py");

const startPatienceMs = 20_000;

/** Start `program` (malt or mod_wsgi-express) in a folder of its own below `site`. Returns an `Error` with its last words. */
export async function startPeer(name: string, program: string, site: string): Promise<Peer | Error> {
  const folder = join(site, name);
  mkdirSync(folder);
  // The application is some other user, and writes here.
  chmodSync(folder, 0o777);
  const script = join(folder, "recorder.py");
  copyFileSync(application, script);
  const port = freePort();
  const command = [
    program,
    "start-server",
    script,
    "--host=127.0.0.1",
    `--port=${port}`,
    `--server-root=${join(folder, "root")}`,
    "--chunked-request",
    "--log-to-terminal",
    ...(unprivileged === null ? [] : [`--user=${unprivileged}`]),
  ];
  const log = join(folder, "log");
  const started = startProcess(command, folder, { ...serverEnvironment(), MALT_TEST_NOTES: folder }, log);
  const stop = async (): Promise<void> => void (await stopProcess(started));
  const wrong = await probeUntilRight(
    `http://127.0.0.1:${port}`,
    { target: "/", answer: "" },
    startPatienceMs,
    started.exited,
  );
  if (wrong !== null) {
    await stop();
    return new Error(`${name}: ${wrong.message}\n${tailOf(log, 10)}`);
  }
  const notes = join(folder, "notes");
  return {
    connect: () => rawClient(port, "127.0.0.1"),
    records: () => (existsSync(notes) ? readFileSync(notes, "utf8").split("\n").slice(0, -1) : []),
    stop,
  };
}
