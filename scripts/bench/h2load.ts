/** Runs h2load, which speaks HTTP/2, against one address. */

import type { Load, LoadReport } from "./load.ts";

/** Eight connections with sixteen requests each: what browsers and gateways come to. */
const connections = 8;
const streams = 16;

export const h2loadShape = `${connections} connections × ${streams} streams, h2load with 1 thread`;

export const runH2load: Load = async (url, seconds) => {
  const words = ["h2load", "-t1", `-c${connections}`, `-m${streams}`, `--duration=${seconds}`, url];
  const child = Bun.spawn(words, {
    stdout: "pipe",
    stderr: "pipe",
    timeout: (seconds + 10) * 1000,
    killSignal: "SIGKILL",
  });
  const [output, complaint] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return parseH2loadReport(output, seconds) ?? new Error(`h2load gave no report: ${(output + complaint).slice(-300)}`);
};

/** Reads the summary of a run of `seconds`; null when there is none. Percentiles it doesn't tell. */
export function parseH2loadReport(output: string, seconds: number): LoadReport | null {
  const protocol = /^Application protocol: (\S+)/m.exec(output)?.[1];
  const requests = /^requests: .*?(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/m.exec(output);
  const status = /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/m.exec(output);
  if (requests === null || status === null || !protocol?.startsWith("h2")) return null;
  const [, , , clientError, serverError] = status.map(Number);
  const [, succeeded, , errored, timeout] = requests.map(Number);
  return {
    requests: succeeded as number,
    durationUs: seconds * 1e6,
    p50Us: null,
    p99Us: null,
    errors: {
      connect: 0,
      read: errored as number,
      write: 0,
      timeout: timeout as number,
      status: (clientError as number) + (serverError as number),
    },
  };
}
