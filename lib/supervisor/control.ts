/** What can be done to a server by way of its server root, but for starting it. */

import { statOf } from "../os/proc.ts";
import { runningServer, signalServer, type Place } from "./running-server.ts";
import type { Saved } from "./saved.ts";
import { StartupError } from "./startup-error.ts";

/** The verbs that are a signal. */
const SIGNALS = {
  stop: "SIGTERM",
  restart: "SIGHUP",
  graceful: "SIGUSR1",
  "graceful-stop": "SIGQUIT",
} as const satisfies Readonly<Record<string, NodeJS.Signals>>;

/** What a stop may take beyond --shutdown-timeout: last words of workers, logs that are written to a slow disk. */
const EXTRA_MS = 5000;

/** What the initd convention of "status" calls "program is not running". */
const NOT_RUNNING = 3;

const LOOK_EVERY_MS = 20;

/** Tells whether the server runs, as exit code and on standard output. */
export function status({ server }: Saved): number {
  const running = runningServer(server);
  const runs = typeof running === "object";
  process.stdout.write(runs ? `the server runs, pid ${running.pid}\n` : `${nobody(server)}\n`);
  return runs ? 0 : NOT_RUNNING;
}

/** Ends the server and waits for its end; nothing to end is fine too. */
export async function stop(saved: Saved): Promise<number> {
  const running = runningServer(saved.server);
  if (typeof running !== "object") return tell(nobody(saved.server));
  signalServer(running.pid, SIGNALS.stop);
  const { shutdownMs } = saved.timeouts;
  // Twice: what clients don't use up of it, services and workers may.
  const deadline = shutdownMs === 0 ? Infinity : performance.now() + 2 * shutdownMs + EXTRA_MS;
  while (isAlive(running.pid)) {
    if (performance.now() > deadline) {
      throw new StartupError(`the server, pid ${running.pid}, was told to stop and has not ended yet`);
    }
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return 0;
}

/** Sends what the verb stands for, and doesn't wait; undefined when there is no server. */
export function signal({ server }: Saved, verb: keyof typeof SIGNALS): number | undefined {
  const running = runningServer(server);
  if (typeof running !== "object") {
    tell(nobody(server));
    return undefined;
  }
  signalServer(running.pid, SIGNALS[verb]);
  return 0;
}

/** The pid of the server, when there is one. */
export function runningPid({ server }: Saved): number | undefined {
  const running = runningServer(server);
  return typeof running === "object" ? running.pid : undefined;
}

function nobody(place: Place): string {
  const { root, pidFile } = place;
  const why =
    runningServer(place) === "stale" ? `the process that ${pidFile} names is not it` : `there is no ${pidFile}`;
  return `no server runs from ${root}: ${why}`;
}

function tell(text: string): 0 {
  process.stderr.write(`malt: ${text}\n`);
  return 0;
}

/** A zombie has ended, although nobody waited for it yet. */
function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== "Z";
}
