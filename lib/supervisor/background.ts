/** A server that goes on when the shell that started it is gone. */

import { detachOutput } from "../os/detach.ts";
import type { Settings } from "../settings/settings.ts";
import { cleanEnvironment } from "./child-environment.ts";

const UP = "up";

/**
 * Starts `argv`, a server in a session of its own, and waits until it says that it is up (0) or has ended: then with its
 * exit code, the reason being on stderr, which both share until then.
 */
export async function startInBackground(argv: readonly string[]): Promise<number> {
  const up = Promise.withResolvers<number>();
  const child = Bun.spawn([...argv], {
    env: { ...cleanEnvironment(process.env) },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
    serialization: "json",
    ipc: (message) => {
      if (message === UP) up.resolve(0);
    },
  });
  // One that ends without a word, even with 0, is not up.
  return await Promise.race([up.promise, child.exited.then((code) => code || 1)]);
}

/** In the server: tells whoever waits that it is up, and lets go of the terminal, unless logs are to go there. */
export function leaveTerminal({ logs }: Settings): void {
  if (process.send === undefined) return;
  if (!logs.toTerminal) detachOutput(logs.errorLog);
  process.send(UP);
  process.disconnect?.();
}
