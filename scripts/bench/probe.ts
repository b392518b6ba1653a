/** Whether a server gives the right answer: asked before anything is measured, and once more afterwards. */

import type { Application } from "./workloads.ts";

/** What to ask for, and a piece of the right answer. */
export type Asked = Pick<Application, "target" | "answer">;

/** Ask once. Returns an `Error` that says what was wrong with the answer. */
export async function probe(origin: string, { target, answer }: Asked): Promise<Error | null> {
  try {
    const response = await fetch(`${origin}${target}`, {
      // The certificate is made for the run, and nobody has signed it.
      tls: { rejectUnauthorized: false },
      // A kept connection would hold one of the ten threads of uWSGI's http11-socket.
      keepalive: false,
      headers: { Connection: "close" },
      redirect: "manual",
      signal: AbortSignal.timeout(5000),
    });
    const body = await response.text();
    if (response.status !== 200) return new Error(`status ${response.status} for ${target}: ${body.slice(0, 200)}`);
    if (!body.includes(answer)) return new Error(`unexpected body for ${target}: ${body.slice(0, 200)}`);
    return null;
  } catch (problem) {
    return problem instanceof Error ? problem : new Error(String(problem));
  }
}

/** Ask until the answer is right, for at most `patienceMs`; `ended` stops it early. */
export async function probeUntilRight(
  origin: string,
  application: Asked,
  patienceMs: number,
  ended: Promise<unknown>,
): Promise<Error | null> {
  const deadline = Date.now() + patienceMs;
  let over = false;
  void ended.then(() => (over = true));
  for (;;) {
    const wrong = await probe(origin, application);
    if (wrong === null) return null;
    if (over) return new Error("it ended instead of serving");
    if (Date.now() > deadline) return wrong;
    await Bun.sleep(50);
  }
}
