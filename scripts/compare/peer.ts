/** One of the two servers with the site of a scenario. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { unprivileged } from "../bench/account.ts";
import { freePort } from "../bench/free-port.ts";
import { probeUntilRight } from "../bench/probe.ts";
import { serverEnvironment } from "../bench/python.ts";
import { startProcess, stopProcess, tailOf } from "../bench/server-process.ts";
import { answerOf, type Answer } from "./answer.ts";
import type { Request, Scenario } from "./scenario.ts";

export interface Peer {
  answer(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

const START_PATIENCE_MS = 20_000;

/** Starts `program` with its server root in `folder`. Returns an `Error` with its last words. */
export async function startPeer(
  name: string,
  program: string,
  scenario: Scenario,
  site: string,
  folder: string,
  upstream: string,
): Promise<Peer | Error> {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const port = freePort();
  const command = [
    program,
    "start-server",
    join(site, "apps", "echo.py"),
    "--host=127.0.0.1",
    `--port=${port}`,
    `--server-root=${root}/root`,
    `--document-root=${site}/htdocs`,
    "--log-to-terminal",
    ...(unprivileged === null ? [] : [`--user=${unprivileged}`]),
    ...scenario.options({ site, port, upstream }),
  ];
  const log = join(root, "log");
  const started = startProcess(command, site, serverEnvironment(), log);
  const stop = async (): Promise<void> => void (await stopProcess(started));
  const wrong = await probeUntilRight(
    `http://127.0.0.1:${port}`,
    { target: "/ready.txt", answer: "ready" },
    START_PATIENCE_MS,
    started.exited,
  );
  // With a name of its own the site refuses the address, and is ready all the same.
  if (wrong !== null && !wrong.message.startsWith("status 403")) {
    await stop();
    return new Error(`${name}: ${wrong.message}\n${command.join(" ")}\n${tailOf(log, 10)}`);
  }
  const hidden = [
    [`:${port}`, ":PORT"],
    [`=${port}\n`, "=PORT\n"],
    [`: ${port}\n`, ": PORT\n"],
    [root, "ROOT"],
    [site, "SITE"],
    [upstream, "UPSTREAM"],
  ] as const;
  return { answer: (request) => answerOf(port, request, hidden), stop };
}
