/** Starting a process under test in a session of its own, at a terminal or without one, and hearing what it writes. */

import { transcribe, type Transcript } from "./transcript.ts";

export interface Launched {
  readonly child: Bun.Subprocess;
  readonly out: Transcript;
  /** At a terminal the same as `out`. */
  readonly err: Transcript;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function launch(words: readonly string[], { cwd, env }: Surroundings): Launched {
  const child = Bun.spawn([...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  return {
    child,
    out: transcribe("standard output", child.stdout),
    err: transcribe("standard error", child.stderr),
  };
}

/** Wide enough that nothing wraps. */
const COLUMNS = 250;

/** The same at a pseudo-terminal, which leads a session, too: all three streams are the terminal. */
export function launchAtTerminal(words: readonly string[], { cwd, env }: Surroundings): Launched {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const child = Bun.spawn([...words], {
    cwd,
    // What readline writes for other terminals would stand between the words that tests look for.
    env: { ...env, TERM: "dumb" },
    terminal: {
      cols: COLUMNS,
      rows: 50,
      // Copies: the bytes belong to the terminal.
      data: (_, bytes) => void writer.write(Uint8Array.from(bytes)),
      exit: () => void writer.close(),
    },
  });
  const out = transcribe("the terminal", readable);
  return { child, out, err: out };
}
