import { expect, test } from "bun:test";
import { replaceSection } from "../../scripts/bench/document.ts";

const page = "before\n<!-- a: begin -->\nold $1\n<!-- a: end -->\nbetween\n<!-- b: begin -->\n<!-- b: end -->\nafter\n";

test("only what stands between the markers is replaced", () => {
  expect(replaceSection(page, "a", "new $& text\n")).toBe(
    "before\n<!-- a: begin -->\n\nnew $& text\n\n<!-- a: end -->\nbetween\n<!-- b: begin -->\n<!-- b: end -->\nafter\n",
  );
});

test("replacing twice is replacing once", () => {
  const once = replaceSection(page, "b", "x");
  expect(once).not.toBeInstanceOf(Error);
  expect(replaceSection(String(once), "b", "x")).toBe(String(once));
});

test.each([["c"], ["A"]])("a page without the markers %p is not touched", (name) => {
  expect(replaceSection(page, name, "x")).toBeInstanceOf(Error);
});

test("an end before its begin is not a pair", () => {
  expect(replaceSection("<!-- a: end -->\n<!-- a: begin -->", "a", "x")).toBeInstanceOf(Error);
});
