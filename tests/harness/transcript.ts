/** What a process wrote to one of its streams so far, and waiting for more of it. */

import { PATIENCE_MS } from "./until.ts";

export interface Transcript {
  /** Everything written so far. */
  text(): string;
  /** The first match of `pattern`, now or later (no g flag); throws after `patienceMs`, or when the stream ends without one. */
  match(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray>;
  /** Resolves when the stream has ended. */
  readonly ended: Promise<void>;
}

/** Reads `stream`, called `name` in errors, to its end, in the background. */
export function transcribe(name: string, stream: ReadableStream<Uint8Array>): Transcript {
  let text = "";
  let closed = false;
  let wake = Promise.withResolvers<void>();
  const ended = read();

  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      wake.resolve();
      wake = Promise.withResolvers();
    }
    closed = true;
    wake.resolve();
  }

  async function match(pattern: RegExp, patienceMs: number = PATIENCE_MS): Promise<RegExpExecArray> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), patienceMs);
    const given = (why: string): Error => new Error(`no ${pattern} in ${name} (${why}), which reads:\n${text}`);
    try {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) return found;
        if (closed) throw given("it has ended");
        if ((await Promise.race([wake.promise, late.promise])) === "late") throw given(`after ${patienceMs} ms`);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  return { text: () => text, match, ended };
}
