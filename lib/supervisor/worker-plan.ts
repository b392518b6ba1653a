/** How the workers of these settings are started. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { accountOf } from "../os/users.ts";
import type { Settings } from "../settings/settings.ts";
import { workerEnvironment, type Environment } from "./child-environment.ts";
import type { Journal } from "./journal.ts";
import type { SocketFolder } from "./socket-folder.ts";
import { workerConfig } from "./worker-config.ts";
import type { PoolPlan } from "./worker-pool.ts";

/** Where the Python program of the workers is written to. */
export function workerFolder({ server }: Settings): string {
  return join(server.root, "worker");
}

/** The plan of the pool. `port` is the real one, `own` the environment of this process as children may have it. */
export function workerPlan(
  settings: Settings,
  port: number,
  own: Environment,
  sockets: SocketFolder,
  journal: Journal,
): PoolPlan {
  const { application, identity, timeouts, workers } = settings;
  const environment = workerEnvironment(settings, own, port, identity.drop ? accountOf(identity.uid) : undefined);
  return {
    count: application.type === "static" ? 0 : workers.processes,
    group: workers.group,
    identity: `uid=${identity.uid}, gid=${identity.gid} and threads=${workers.threads}`,
    shutdownMs: timeouts.shutdownMs,
    socket: sockets.socket,
    forget: sockets.forget,
    launch(id) {
      const workingDirectory = usableDirectory(workers.workingDirectory, journal);
      return {
        argv: workerCommand(settings),
        cwd: workingDirectory,
        environment,
        config: workerConfig(settings, port, own, { id, socket: sockets.socket(id), workingDirectory }),
      };
    },
  };
}

/** The interpreter on the program's folder; as root through the launcher, which first becomes the worker's user. */
export function workerCommand(settings: Settings): readonly string[] {
  const { identity, workers } = settings;
  const program = workerFolder(settings);
  if (!identity.drop) return [workers.python, program];
  // -I and -S: as root, nothing of the environment or of site-packages is to run.
  const launcher = [workers.python, "-I", "-S", join(program, "launch.py")];
  return [...launcher, String(identity.uid), String(identity.gid), identity.user, workers.python, program];
}

/** The folder, or "/" when it is gone: the application then says what it misses, rather than never start. */
function usableDirectory(path: string, journal: Journal): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  void journal.write("wsgi", "error", `--working-directory ${path} is not a directory: the worker runs in / instead`);
  return "/";
}
