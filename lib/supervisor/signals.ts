/** What the signals to the supervisor ask for, in the order in which they came. */

/**
 * SIGQUIT stands in for the original's graceful stop by SIGWINCH, which a terminal sends whenever it is resized: the
 * kernel ignores that one for us. Bun ignores SIGPIPE.
 */
const WISHES = {
  SIGTERM: "stop",
  SIGINT: "stop",
  SIGQUIT: "graceful-stop",
  SIGHUP: "restart",
  SIGUSR1: "graceful",
  SIGUSR2: "upgrade",
} as const;

export type SignalName = keyof typeof WISHES;
export type Wish = (typeof WISHES)[SignalName];

export interface Request {
  readonly signal: SignalName;
  readonly wish: Wish;
}

export interface Signals extends Disposable {
  /** The next one; none is lost, also when nobody waits for it yet. */
  next(): Promise<Request>;
}

/** Takes over the signals of this process until disposed of. */
export function takeSignals(): Signals {
  const arrived: Request[] = [];
  let waiting: ((request: Request) => void) | undefined;

  const handlers = (Object.entries(WISHES) as [SignalName, Wish][]).map(([signal, wish]) => {
    const handler = () => {
      const request = { signal, wish };
      if (waiting === undefined) return void arrived.push(request);
      waiting(request);
      waiting = undefined;
    };
    return [signal, handler] as const;
  });
  for (const [signal, handler] of handlers) process.on(signal, handler);

  return {
    next() {
      const first = arrived.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    [Symbol.dispose]() {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
