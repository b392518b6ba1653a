/** Whether the server is well, as probes want to know it. Pure. */

/** What a front end knows without asking anybody. */
export interface Wellness {
  /** It stops, and takes nothing new. */
  readonly stopping: boolean;
  /** There is an application to run. */
  readonly application: boolean;
  /** Workers that take requests. */
  readonly workers: number;
  /** Those of them that have the application: its load may have failed, and is tried again now and then. */
  readonly loaded: number;
}

/** @param alive is asked for whether the server runs at all: whoever can answer does. */
export function healthOf(
  { stopping, application, loaded, workers }: Wellness,
  alive: boolean,
): { status: number; text: string } {
  if (alive) return told(200, { status: "alive" });
  if (stopping) return told(503, { status: "unavailable", why: "the server stops" });
  if (application && workers === 0) return told(503, { status: "unavailable", why: "no worker is ready" });
  if (application && loaded === 0)
    return told(503, { status: "unavailable", why: "the application could not be loaded" });
  return told(200, { status: "ready", workers: loaded });
}

function told(status: number, body: object): { status: number; text: string } {
  return { status, text: `${JSON.stringify(body)}\n` };
}
