/** Plays a message to a real server with the probe behind it, and says what came of it. */

import type { RawClient } from "../../../harness/raw.ts";
import { PATIENCE_MS } from "../../../harness/until.ts";
import { probe } from "./corpus.ts";
import type { Entry, Taken } from "./entry.ts";
import type { Seen } from "./play.ts";

/** The outcome of a conversation. */
export interface Account {
  /** Statuses that the client got, without interim ones. */
  readonly answers: readonly number[];
  /** What the application got. */
  readonly requests: readonly Seen[];
  /** The server waited for more than it was sent, and was told that there is no more. */
  readonly waited: boolean;
}

/**
 * @param records the lines that tests/behaviour/http/apps/recorder.py has written so far.
 * @param patienceMs how long the server may take to end the connection before it counts as waiting.
 */
export async function converse(
  client: RawClient,
  { bytes, after }: Entry,
  records: () => readonly string[],
  patienceMs = PATIENCE_MS,
): Promise<Account> {
  const before = records().length;
  client.send(Buffer.from(after === "waits" ? bytes : bytes + probe, "latin1"));
  // The probe says close, and every refusal closes: only who waits must be told that nothing follows.
  let waited = after === "waits";
  if (!waited) {
    waited = await client.readToEnd(patienceMs).then(
      () => false,
      () => true,
    );
  }
  if (waited) client.end();
  const received = await client.readToEnd();
  const answers = [...received.matchAll(/HTTP\/1\.[01] ([2-5]\d\d) /g)].map((match) => Number(match[1]));
  const lines = records().slice(before);
  return { answers, requests: lines.map((line) => JSON.parse(line) as Seen), waited };
}

/** What is to be compared of a request: of its variables those that an entry names. */
export interface Facts extends Omit<Seen, "environ"> {
  readonly environ: Readonly<Record<string, string | undefined>>;
}

export function facts({ environ, ...request }: Seen, wanted: Taken | undefined): Facts {
  const named = Object.keys(wanted?.environ ?? {}).map((key) => [key, environ[key]] as const);
  return { ...request, environ: Object.fromEntries(named) };
}
