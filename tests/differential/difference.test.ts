/** What two servers make of a message, put into words that are equal only when the outcomes are. */

import { expect, test } from "bun:test";
import { inWords } from "../../scripts/differential/difference.ts";
import { reasonFor } from "../../scripts/differential/arguments.ts";
import { accepted, get, refused } from "../http/h1/corpus/entry.ts";
import type { Seen } from "../http/h1/corpus/play.ts";

const plain: Seen = {
  method: "GET",
  target: "/",
  path: "/",
  query: "",
  host: "a",
  version: "HTTP/1.1",
  body: "",
  environ: { HTTP_HOST: "a", HTTP_X: "1" },
};
const probe: Seen = { ...plain, target: "/probe", path: "/probe" };
const good = accepted("9112 §2.1", "a field", get("X: 1"), { environ: { HTTP_X: "1" } });
const bad = refused("9112 §5.1", "a space before the colon", get("X : 1"));

test.each([
  ["200; goes on", good, { answers: [200, 200], requests: [plain, probe], waited: false }],
  ["200", good, { answers: [200], requests: [plain], waited: false }],
  ["200; waits for more", good, { answers: [200], requests: [plain], waited: true }],
  ["200; body is `x`", good, { answers: [200], requests: [{ ...plain, body: "x" }], waited: false }],
  ["200; HTTP_X is `not there`", good, { answers: [200], requests: [{ ...plain, environ: {} }], waited: false }],
  ["400; runs 0 of 1", good, { answers: [400], requests: [], waited: false }],
  ["400", bad, { answers: [400], requests: [], waited: false }],
  ["200; runs `GET /` with nothing; goes on", bad, { answers: [200, 200], requests: [plain, probe], waited: false }],
])("%s", (words, entry, account) => {
  expect(inWords(entry, account)).toBe(words);
});

test("a difference that nobody has thought of has no reason", () => {
  expect(reasonFor("Field lines", bad, "200; goes on")).toBeUndefined();
  expect(reasonFor("Trailers", bad, "500")).toContain("the application's read fails");
});
