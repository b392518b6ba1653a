/** What a worker leaves behind about the requests that it has started. */

import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isUpTo, openStartedNotes } from "../../lib/handlers/wsgi/started.ts";
import { folder } from "../harness/folders.ts";

const orders: readonly [id: number, last: number, upTo: boolean][] = [
  [1, 1, true],
  [1, 2, true],
  [2, 1, false],
  [0xffffffff, 3, true],
  [3, 0xffffffff, false],
  [0xfffffffe, 0xffffffff, true],
];

for (const [id, last, upTo] of orders) {
  test(`request ${id} was ${upTo ? "" : "not "}sent before or as ${last}`, () => expect(isUpTo(id, last)).toBe(upTo));
}

test("all requests up to the one that any thread began last were started", () => {
  using home = folder();
  const path = join(home.path, "notes");
  writeFileSync(path, new Uint32Array([4, 0, 7]));
  const notes = openStartedNotes(path, 3);
  expect([1, 4, 5, 7, 8].map((id) => notes.started(id))).toEqual([true, true, true, true, false]);
  writeFileSync(path, new Uint32Array([0, 0, 0]));
  expect(notes.started(1)).toBe(false);
  notes.close();
});

test("without notes every request counts as started: none may run twice", () => {
  expect(openStartedNotes(undefined, 1).started(1)).toBe(true);
  expect(openStartedNotes("/nowhere/at/all", 1).started(1)).toBe(true);
});
