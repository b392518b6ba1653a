/** A server from its start to its end: whoever measures sees only one that answers correctly. */

import { join } from "node:path";
import { unprivileged } from "./account.ts";
import { certificateIn } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { probe, probeUntilRight } from "./probe.ts";
import { say } from "./progress.ts";
import { bin, serverEnvironment } from "./python.ts";
import { startProcess, stopProcess, tailOf } from "./server-process.ts";
import type { Server } from "./servers.ts";
import { applicationsOf, scratchOf } from "./site.ts";
import type { Application, Transport } from "./workloads.ts";

export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Of its URLs, without a path. */
  readonly origin: string;
}

// Compiling the templates and importing Django as a first time on a busy machine takes a few seconds.
const startPatienceMs = 20_000;

let launches = 0;

/**
 * Start `server` with `application`, let `work` have it once it answers correctly, ask again, stop it. Returns what
 * `work` returned, or an `Error`: did not start, answered wrongly before or after.
 */
export async function withServer<Result>(
  site: string,
  server: Server,
  application: Application,
  work: (running: RunningServer) => Promise<Result | Error>,
  transport: Transport = "http",
): Promise<Result | Error> {
  const secure = transport === "http" ? null : { certificate: certificateIn(site), http2: transport === "h2" };
  const scratch = scratchOf(site, `${++launches}-${server.name}-${application.name}`);
  const directory = applicationsOf(site);
  const port = freePort();
  const origin = secure === null ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const command = server.command({ application, directory, port, scratch, bin, user: unprivileged, secure });
  const log = `${scratch}.log`;
  const started = startProcess(command, directory, serverEnvironment(), log);
  try {
    const wrong = await probeUntilRight(origin, application, startPatienceMs, started.exited);
    if (wrong !== null) return explain(server, command, wrong, [log, join(scratch, "error_log")]);
    const result = await work({ pid: started.pid, port, origin });
    if (result instanceof Error) return result;
    const wrongAfterwards = await probe(origin, application);
    return wrongAfterwards === null
      ? result
      : explain(server, command, wrongAfterwards, [log, join(scratch, "error_log")]);
  } finally {
    const killed = await stopProcess(started);
    if (killed > 0) say(`  ${server.name} did not stop by itself: ${killed} of its processes were killed`);
  }
}

function explain(server: Server, command: readonly string[], wrong: Error, logs: readonly string[]): Error {
  const words = logs.map((log) => tailOf(log, 10)).filter((tail) => tail !== "");
  return new Error([`${server.name}: ${wrong.message}`, command.join(" "), ...words].join("\n    "));
}
