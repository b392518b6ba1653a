/** One of the two servers with the site of a scenario. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { unprivileged } from "../bench/account.ts";
import { freePort } from "../bench/free-port.ts";
import { probe } from "../bench/probe.ts";
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
  const wrong = await untilAnswering(`http://127.0.0.1:${port}`, started.exited);
  if (wrong !== null) {
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

/** A site that has a name or wants one refuses whoever asks, and is ready all the same. */
async function untilAnswering(origin: string, ended: Promise<unknown>): Promise<Error | null> {
  const deadline = Date.now() + START_PATIENCE_MS;
  let over = false;
  void ended.then(() => (over = true));
  for (;;) {
    const wrong = await probe(origin, { target: "/ready.txt", answer: "ready" });
    if (wrong === null || /^status 40[13]/.test(wrong.message)) return null;
    if (over) return new Error("it ended instead of serving");
    if (Date.now() > deadline) return wrong;
    await Bun.sleep(50);
  }
}
