/** What two servers answer, put into words where it differs. */

import { expect, test } from "bun:test";
import type { Answer } from "../../scripts/compare/answer.ts";
import { difference } from "../../scripts/compare/difference.ts";
import { page } from "../../scripts/compare/page.ts";

const plain: Answer = { status: "200 OK", fields: ["A: 1", "Content-Type: text/plain"], body: "x\ny" };
const failed: Answer = { status: "404 Not Found", fields: ["Content-Type: text/html; charset=iso-8859-1"], body: "" };

const cases: readonly (readonly [what: string, original: Answer, malt: Answer, expected: string | null])[] = [
  ["the same", plain, { ...plain }, null],
  ["another reason phrase", plain, { ...plain, status: "200 Fine" }, null],
  ["another status", plain, { ...plain, status: "404 Not Found" }, "`200 OK` | `404 Not Found`"],
  ["a field less", plain, { ...plain, fields: ["Content-Type: text/plain"] }, "`A: 1` | –"],
  ["a field twice", plain, { ...plain, fields: ["A: 1", "A: 1", "Content-Type: text/plain"] }, "– | `A: 1`"],
  ["another body", plain, { ...plain, body: "x\nz" }, "`y` | `z`"],
  ["lines in another order", plain, { ...plain, body: "y\nx" }, "`lines in another order` | –"],
  ["pages of the servers' own", failed, { ...failed, fields: ["Content-Type: text/html; charset=utf-8"] }, null],
];

test.each(cases)("%s", (_what, original, malt, expected) => {
  const sides = difference(original, malt);
  expect(sides === null ? null : `${sides.original} | ${sides.malt}`).toBe(expected);
});

test("the page counts, and keeps requests within their cells", () => {
  const row = { scenario: "files", request: "GET /a|b", original: "`200`", malt: "`404`", why: "Because." };
  const text = page(7, [row], "Apache/2.4");
  expect(text).toContain("Of 7 requests 6 are answered alike, and 1 are not (Apache/2.4).");
  expect(text).toContain("## Files\n\n| request | original | Malt | why |\n| --- | --- | --- | --- |\n");
  expect(text).toContain("| `GET /a\\|b` | `200` | `404` | Because. |");
});
