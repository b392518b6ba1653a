/** The environment variables children get. Pure. */

import type { Account } from "../os/users.ts";
import type { Settings } from "../settings/settings.ts";

export type Environment = Readonly<Record<string, string>>;

// What Bun reads or sets for itself: a preload or the channel of a parent is nobody's business further down. Nor are the
// sockets and the ear of the service manager, which are for the supervisor.
const RUNTIME = /^(?:BUN_|NODE_CHANNEL_|NODE_UNIQUE_ID$|LISTEN_(?:PID|FDS|FDNAMES)$|NOTIFY_SOCKET$)/;

/** `own` without what steers the runtime. */
export function cleanEnvironment(own: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) if (value !== undefined && !RUNTIME.test(name)) kept[name] = value;
  return kept;
}

/** What the control script of the original exports. `port` is the real one where it is known, as that in `settings` for HTTPS is. */
export function serverVariables({ identity, listeners, server, workers }: Settings, port: number): Environment {
  return {
    LANG: workers.locale,
    LC_ALL: workers.locale,
    ...(server.modulesDirectory === null ? {} : { MOD_WSGI_MODULES_DIRECTORY: server.modulesDirectory }),
    MOD_WSGI_SERVER_ROOT: server.root,
    MOD_WSGI_LISTENER_HOST: listeners.hostLabel,
    MOD_WSGI_HTTP_PORT: String(port),
    // As Python writes a port that is not there.
    MOD_WSGI_HTTPS_PORT: String(listeners.httpsPort ?? "None"),
    MOD_WSGI_USER: identity.user,
    MOD_WSGI_GROUP: identity.group,
    MOD_WSGI_WORKING_DIRECTORY: workers.workingDirectory,
  };
}

/** That of a worker or service: `own`, what tells about the server, and what belongs to the account it becomes. */
export function workerEnvironment(
  settings: Settings,
  own: Environment,
  port: number,
  account: Account | undefined,
): Environment {
  const person =
    account === undefined
      ? {}
      : {
          HOME: account.home,
          USER: account.name,
          LOGNAME: account.name,
          // Some systems have it; it must not go on naming root.
          ...(own["USERNAME"] === undefined ? {} : { USERNAME: account.name }),
        };
  return {
    ...own,
    ...person,
    ...serverVariables(settings, port),
    PYTHON_EGG_CACHE: settings.workers.pythonEggs,
  };
}
