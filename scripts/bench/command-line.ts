/** The words given to the benchmark: which servers, how long, what to do with the result. */

import { parseArgs } from "node:util";

export interface CommandLine {
  readonly rounds: number;
  /** Of one measured run. */
  readonly seconds: number;
  /** Names of servers; null is all of them. */
  readonly only: readonly string[] | null;
  readonly write: boolean;
  readonly transfer: boolean;
  readonly clients: boolean;
  readonly static: boolean;
  readonly tls: boolean;
}

export const usage = `usage: bun scripts/bench.ts [options]
  --rounds N       runs of each server and workload, interleaved (default 3)
  --seconds N      length of one measured run (default 4)
  --only A,B       these servers only, by the names of the table
  --write          put the result into docs/benchmarks.md as well
  --transfer       1 GiB up, 1 GiB down, 1 GiB to a client that stops reading: memory of each process
                   (Malt, unless --only names others)
  --tls            TLS with HTTP/1.1 and HTTP/2, beside mod_wsgi-express and nginx with gunicorn
  --clients        an ordinary client beside slow ones, and what idle ones cost (Malt, unless --only names others)
  --static         files of three sizes, against nginx and Apache`;

/** Read `words`, the arguments after the script. Returns an `Error` with a message for the user when they make no sense. */
export function readCommandLine(words: readonly string[]): CommandLine | Error {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        rounds: { type: "string", default: "3" },
        seconds: { type: "string", default: "4" },
        only: { type: "string" },
        write: { type: "boolean", default: false },
        transfer: { type: "boolean", default: false },
        clients: { type: "boolean", default: false },
        static: { type: "boolean", default: false },
        tls: { type: "boolean", default: false },
      },
    });
    const rounds = count(values.rounds);
    const seconds = count(values.seconds);
    if (rounds === null) return new Error(`--rounds: "${values.rounds}" is not a number from 1 to 999`);
    if (seconds === null) return new Error(`--seconds: "${values.seconds}" is not a number from 1 to 999`);
    const only = values.only === undefined ? null : values.only.split(",");
    const { write, transfer, clients, tls, static: files } = values;
    if ([transfer, clients, tls, files].filter(Boolean).length > 1)
      return new Error("--transfer, --clients, --tls and --static are benchmarks of their own: one at a time");
    return { rounds, seconds, only, write, transfer, clients, tls, static: files };
  } catch (problem) {
    return problem instanceof Error ? problem : new Error(String(problem));
  }
}

function count(word: string): number | null {
  return /^[1-9]\d{0,2}$/.test(word) ? Number(word) : null;
}
