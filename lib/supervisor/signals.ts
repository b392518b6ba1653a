/** What the supervisor does when it gets a signal. */

import type { Journal } from "./journal.ts";

export interface StopRequest extends Disposable {
  /** The first SIGTERM or SIGINT, by name. */
  readonly first: Promise<string>;
  /** Another one after that: whoever asks twice can't wait. */
  readonly second: Promise<void>;
}

// Nothing is done about SIGWINCH, at which Apache stops and which a terminal sends when it is resized: the kernel
// ignores it for us, and Bun ignores SIGPIPE.
const RESTARTS = ["SIGHUP", "SIGUSR1"] as const;
const STOPS = ["SIGTERM", "SIGINT"] as const;

/** Takes over the signals of this process until disposed of. */
export function stopRequest(journal: Journal): StopRequest {
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<void>();
  let asked = false;
  const onStop = (signal: string) => {
    if (asked) second.resolve();
    asked = true;
    first.resolve(signal);
  };
  const onRestart = (signal: string) => {
    journal.announce(
      `${signal} ignored: this version does not restart in place; stop it with SIGTERM and start it again`,
    );
  };

  const handlers = [
    ...STOPS.map((signal) => [signal, onStop] as const),
    ...RESTARTS.map((signal) => [signal, onRestart] as const),
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return {
    first: first.promise,
    second: second.promise,
    [Symbol.dispose]() {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
