import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { directivesManual } from "../../lib/directives/manual.ts";
import { definitionOf, modules, refusingModule } from "../../lib/directives/modules/table.ts";

test("docs/directives.md is what the tables say: bun scripts/directives.ts writes it", () => {
  expect(readFileSync(join(import.meta.dir, "../../docs/directives.md"), "utf8")).toBe(directivesManual());
});

test("a directive is in one module, and either there or refused", () => {
  const names = modules.flatMap(({ directives, refused }) => directives.map(({ name }) => name).concat(refused));
  const lower = names.map((name) => name.toLowerCase());
  expect(lower.filter((name, index) => lower.indexOf(name) !== index)).toEqual([]);
  expect(lower.filter((name) => (definitionOf(name) === undefined) === (refusingModule(name) === undefined))).toEqual(
    [],
  );
});
