/** How the workers of these settings are started. */

import { statSync } from "node:fs";
import { join } from "node:path";
import { runAsWords } from "../os/run-as.ts";
import { accountOf } from "../os/users.ts";
import type { Identity, Settings } from "../settings/settings.ts";
import { workerEnvironment, type Environment } from "./child-environment.ts";
import type { Journal } from "./journal.ts";
import { gdbCommandsFile } from "./root-files.ts";
import type { SocketFolder } from "./socket-folder.ts";
import { workerConfig, workerTitle } from "./worker-config.ts";
import type { PoolPlan } from "./worker-pool.ts";

/** Where the Python program of the workers is written to. */
export function workerFolder({ server }: Settings): string {
  return join(server.root, "worker");
}

/**
 * The plan of the pool. `runAs` is the command that becomes another user, `port` the real one, `own` the environment of
 * this process as children may have it.
 */
export function workerPlan(
  settings: Settings,
  runAs: readonly string[],
  port: number,
  own: Environment,
  sockets: SocketFolder,
  journal: Journal,
  metrics: PoolPlan["metrics"],
): PoolPlan {
  const { application, debugging, files, identity, timeouts, workers } = settings;
  const environment = workerEnvironment(settings, own, port, identity.drop ? accountOf(identity.uid) : undefined);
  return {
    pool: "application",
    count: application.type === "static" && files.handlers.length === 0 ? 0 : workers.processes,
    threads: workers.threads,
    group: workers.group,
    identity: `uid=${identity.uid}, gid=${identity.gid} and threads=${workers.threads}`,
    // See the stop of the pool.
    shutdownMs: debugging === null ? timeouts.shutdownMs : 0,
    gracefulMs: timeouts.gracefulMs,
    evictionMs: timeouts.evictionMs,
    limits: timeouts,
    newId: sockets.newId,
    socket: sockets.socket,
    forget: sockets.forget,
    metrics,
    launch(id) {
      const workingDirectory = usableDirectory(workers.workingDirectory, journal);
      return {
        argv: pythonCommand(settings, identity, workerTitle(settings), runAs, gdbWords(settings)),
        cwd: workingDirectory,
        environment,
        config: workerConfig(settings, port, own, { id, socket: sockets.socket(id), workingDirectory }),
        onTerminal: debugging !== null,
      };
    },
  };
}

/**
 * The interpreter on the program's folder; as root by way of `runAs`, which first becomes the user `identity`. The title
 * is there so that the memory of the command line has room for it. `under` are the words of a program that runs it.
 */
export function pythonCommand(
  settings: Settings,
  identity: Identity,
  title: string,
  runAs: readonly string[],
  under: readonly string[] = [],
): readonly string[] {
  const argv = [...under, settings.workers.python, workerFolder(settings), title];
  return identity.drop ? [...runAs, ...runAsWords(identity, argv)] : argv;
}

function gdbWords(settings: Settings): readonly string[] {
  const gdb = settings.debugging?.gdb ?? null;
  return gdb === null ? [] : [gdb, "-q", "-x", gdbCommandsFile(settings), "--args"];
}

/** The folder, or "/" when it is gone: the application then says what it misses, rather than never start. */
export function usableDirectory(path: string, journal: Journal): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  void journal.write("wsgi", "error", `--working-directory ${path} is not a directory: the worker runs in / instead`);
  return "/";
}
