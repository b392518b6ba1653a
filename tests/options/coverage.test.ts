import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { options } from "../../lib/options/table.ts";

const TESTS = fileURLToPath(new URL("..", import.meta.url));

/** The title of a test: the first text of `test(…)`, also of `test.each(…)(…)`. */
const TITLE = /\btest(?:\.each\([\s\S]*?\))?\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g;

test("every option that works is proven by a test whose title names it as `--name:`", () => {
  const proven = new Set<string>();
  for (const file of new Bun.Glob("**/*.test.ts").scanSync(TESTS)) {
    for (const [, , title = ""] of readFileSync(TESTS + file, "utf8").matchAll(TITLE)) {
      for (const [, name = ""] of title.matchAll(/(?:^| )--([a-z0-9-]+):/g)) proven.add(name);
    }
  }
  const built = [...options].filter(([, { status }]) => status === "built").map(([name]) => name);
  expect(built.filter((name) => !proven.has(name))).toEqual([]);
});
