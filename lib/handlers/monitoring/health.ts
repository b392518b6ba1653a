/** Whether the server is well, as probes want to know it. Pure. */

/** What a front end knows without asking anybody. */
export interface Wellness {
  /** It stops, and takes nothing new. */
  readonly stopping: boolean;
  /** There is an application to run. */
  readonly application: boolean;
  /** Workers that take requests. */
  readonly workers: number;
}

/** @param alive is asked for whether the server runs at all: whoever can answer does. */
export function healthOf(
  { stopping, application, workers }: Wellness,
  alive: boolean,
): { status: number; text: string } {
  if (alive) return told(200, { status: "alive" });
  if (stopping) return told(503, { status: "unavailable", why: "the server stops" });
  if (application && workers === 0) return told(503, { status: "unavailable", why: "no worker is ready" });
  return told(200, { status: "ready", workers });
}

function told(status: number, body: object): { status: number; text: string } {
  return { status, text: `${JSON.stringify(body)}\n` };
}
