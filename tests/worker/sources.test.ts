import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workerSources } from "../../lib/worker/sources.ts";
import { library } from "./client.ts";

test("every Python file of the worker is carried by the executable, unchanged", () => {
  const files = [...new Bun.Glob("**/*.py").scanSync({ cwd: library })].toSorted();
  expect(workerSources.map(({ path }) => path).toSorted()).toEqual(files);
  for (const { path, text } of workerSources) expect(text).toBe(readFileSync(join(library, path), "utf8"));
});
