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

/**
 * In debug mode a Ctrl-C may be meant for the debugger, a hang-up comes from the terminal that is the reason for it all,
 * and a successor could not have that as well.
 */
const DEBUG_WISHES = {
  ...WISHES,
  SIGINT: "interrupt",
  SIGHUP: "stop",
  SIGUSR1: "nothing",
  SIGUSR2: "nothing",
} as const;

export type SignalName = keyof typeof WISHES;
export type Wish = (typeof WISHES | typeof DEBUG_WISHES)[SignalName];

export interface Request {
  /** null when no signal asks for it: in debug mode the worker has ended by itself. */
  readonly signal: SignalName | null;
  readonly wish: Wish;
  /** With which exit code to end; 0 by default. */
  readonly code?: number;
}

export interface Signals extends Disposable {
  /** The next one; none is lost, also when nobody waits for it yet. */
  next(): Promise<Request>;
  /** Asks for something as a signal does. */
  add(request: Request): void;
}

/** Takes over the signals of this process until disposed of. */
export function takeSignals(debugging: boolean): Signals {
  const arrived: Request[] = [];
  let waiting: ((request: Request) => void) | undefined;

  const add = (request: Request): void => {
    if (waiting === undefined) return void arrived.push(request);
    waiting(request);
    waiting = undefined;
  };

  const wishes = Object.entries(debugging ? DEBUG_WISHES : WISHES) as [SignalName, Wish][];
  const handlers = wishes.map(([signal, wish]) => [signal, () => add({ signal, wish })] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);

  return {
    next() {
      const first = arrived.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    add,
    [Symbol.dispose]() {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
