/** Questions to a child process that it answers with a message: each has a number, and nobody waits for ever. */

export interface Questions<Answer> {
  /** Asks by `send`, which gets the number; null when there is no answer within `withinMs`. */
  ask(send: (query: number) => void, withinMs: number): Promise<Answer | null>;
  answered(query: number, answer: Answer): void;
  /** It is gone, and answers nothing more. */
  close(): void;
}

export function createQuestions<Answer>(): Questions<Answer> {
  const open = new Map<number, (answer: Answer | null) => void>();
  let last = 0;
  let closed = false;
  return {
    ask(send, withinMs) {
      if (closed) return Promise.resolve(null);
      const query = ++last;
      const { promise, resolve } = Promise.withResolvers<Answer | null>();
      const late = setTimeout(() => open.get(query)?.(null), withinMs);
      open.set(query, (answer) => {
        clearTimeout(late);
        open.delete(query);
        resolve(answer);
      });
      send(query);
      return promise;
    },
    answered(query, answer) {
      open.get(query)?.(answer);
    },
    close() {
      closed = true;
      for (const settle of open.values()) settle(null);
    },
  };
}
