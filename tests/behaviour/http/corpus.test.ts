/** Every message of the corpus, over real connections to the real server, with a probe behind it: nothing gets out of step. */

import { expect } from "bun:test";
import { join } from "node:path";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { converse, facts, type Account } from "../../http/h1/corpus/converse.ts";
import { corpus } from "../../http/h1/corpus/corpus.ts";
import type { Entry } from "../../http/h1/corpus/entry.ts";
import { notes } from "./notes.ts";

const recorder = join(import.meta.dir, "apps", "recorder.py");

/** What must come of an entry: statuses, and the requests that the application gets; of the probe the target will do. */
function expected({ requests, after }: Entry): unknown {
  const answers = requests.map(({ status }) => status ?? 200);
  const taken: unknown[] = requests
    .filter(({ status }) => status === null)
    .map(({ status: _status, ...request }) => request);
  if (after === "keeps") {
    answers.push(200);
    taken.push("/probe");
  }
  if (typeof after === "number") answers.push(after);
  return { answers, taken };
}

function told({ answers, requests }: Account, entry: Entry): unknown {
  const wanted = entry.requests.filter(({ status }) => status === null);
  return {
    // Half a body may be an error of the application, and so an answer.
    answers: entry.after === "waits" ? answers.filter((status) => status < 300) : answers,
    taken: requests.map((request, n) => (n < wanted.length ? facts(request, wanted[n]) : request.target)),
  };
}

test("every message of the corpus is the requests that it must be, and the probe behind it is never part of them", async () => {
  using records = notes();
  await using server = await start(recorder, ["--chunked-request"], { env: records.env });
  for (const [subject, entries] of Object.entries(corpus)) {
    for (const entry of entries) {
      using client = await server.connect();
      const account = await converse(client, entry, records.lines);
      expect([subject, entry.name, told(account, entry)]).toEqual([subject, entry.name, expected(entry)]);
    }
  }
  const served = records.lines().length;
  expect(await server.text("/end")).toBe("");
  // Nothing was run behind the back of its connection.
  expect(records.lines().length).toBe(served + 1);
});
