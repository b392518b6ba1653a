/** The environment variables children get. Pure. */

import type { Account } from "../os/users.ts";
import type { Settings } from "../settings/settings.ts";

export type Environment = Readonly<Record<string, string>>;

// What Bun reads or sets for itself: a preload or the channel of a parent is nobody's business further down.
const RUNTIME = /^(?:BUN_|NODE_CHANNEL_|NODE_UNIQUE_ID$)/;

/** `own` without what steers the runtime. */
export function cleanEnvironment(own: Readonly<Record<string, string | undefined>>): Environment {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) if (value !== undefined && !RUNTIME.test(name)) kept[name] = value;
  return kept;
}

/** A worker's: `own`, the exports of the original's control script, and those of the account it becomes. */
export function workerEnvironment(
  settings: Settings,
  own: Environment,
  port: number,
  account: Account | undefined,
): Environment {
  const { identity, listeners, server, workers } = settings;
  const person =
    identity.drop && account !== undefined
      ? {
          HOME: account.home,
          USER: account.name,
          LOGNAME: account.name,
          // Some systems have it; it must not go on naming root.
          ...(own["USERNAME"] === undefined ? {} : { USERNAME: account.name }),
        }
      : {};
  return {
    ...own,
    ...person,
    LANG: workers.locale,
    LC_ALL: workers.locale,
    PYTHON_EGG_CACHE: workers.pythonEggs,
    MOD_WSGI_SERVER_ROOT: server.root,
    MOD_WSGI_LISTENER_HOST: listeners.hostLabel,
    MOD_WSGI_HTTP_PORT: String(port),
    MOD_WSGI_HTTPS_PORT: "None",
    MOD_WSGI_USER: identity.user,
    MOD_WSGI_GROUP: identity.group,
    MOD_WSGI_WORKING_DIRECTORY: workers.workingDirectory,
  };
}
