import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { manual } from "../../lib/options/manual.ts";
import { options } from "../../lib/options/table.ts";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("docs/reference.md is what the option table says: bun scripts/reference.ts writes it", () => {
  const check = Bun.spawnSync([process.execPath, at("scripts/reference.ts"), "--check"]);
  expect(check.stderr.toString()).toBe("");
  expect(check.exitCode).toBe(0);
  expect(readFileSync(at("docs/reference.md"), "utf8")).toBe(manual());
});

test("the manual has a heading, and so an anchor, for every option that is not hidden", () => {
  const headings = [...manual().matchAll(/^### `--(.+)`$/gm)].map(([, name]) => name);
  const shown = [...options].filter(([, { hidden }]) => !hidden).map(([name]) => name);
  expect(headings.toSorted()).toEqual(shown.toSorted());
});
