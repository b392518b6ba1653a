/** Many small requests in little time, each with a number of its own: `GET /7`, pipelined over a few connections. */

import { connect } from "node:net";

/** Requests of a connection that are on their way at once. */
const WINDOW = 64;

const HEAD_END = "\r\n\r\n";

export interface Numbers {
  readonly from: number;
  readonly count: number;
  readonly connections: number;
}

/**
 * Asks for every number until it has its answer, and resolves then. Where a connection ends, a new one asks for what was not
 * answered: a server that closes says so with its last answer, and does nothing more of what was pipelined.
 */
export async function pipelined(port: number, { from, count, connections }: Numbers): Promise<void> {
  const share = Math.ceil(count / connections);
  const ends = Array.from({ length: connections }, async (_, index) => {
    let next = from + index * share;
    const end = Math.min(next + share, from + count);
    while (next < end) next = await askAll(port, next, end);
  });
  await Promise.all(ends);
}

/** Asks over one connection, and resolves with the first number that has no answer. */
function askAll(port: number, from: number, end: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let asked = from;
    let answered = from;
    let text = "";
    const ask = (): void => {
      let requests = "";
      while (asked < end && asked < answered + WINDOW)
        requests += `GET /${asked++} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      if (requests !== "") socket.write(requests);
    };
    socket.on("connect", ask);
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      for (let head = text.indexOf(HEAD_END); head >= 0; head = text.indexOf(HEAD_END)) {
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1]);
        const whole = head + HEAD_END.length + length;
        if (text.length < whole) break;
        text = text.slice(whole);
        answered += 1;
      }
      if (answered === end) socket.destroy();
      else ask();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answered));
  });
}
