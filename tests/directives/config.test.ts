import { expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../harness/folders.ts";
import { CASES, FILES, GROUPS, PASSWORDS, type ConfigCase } from "./config-cases.ts";
import { answered, siteAt, travel, writeFiles } from "./travel.ts";

/** @param root has the files; .htaccess files are there for as long as it takes */
async function answer(root: string, { lines, htaccess = {}, target, method, fields }: ConfigCase): Promise<string> {
  const overrides = Object.entries(htaccess).map(([below, text]) => [join(root, below, ".htaccess"), text] as const);
  for (const [path, text] of overrides) writeFileSync(path, `${text}\n`);
  const names: readonly (readonly [string, string])[] = [
    ["@ROOT", root],
    ["@PASSWORDS", join(root, "passwords")],
    ["@GROUPS", join(root, "groups")],
  ];
  const whole = names.reduce((text, [name, path]) => text.replaceAll(name, path), lines.join("\n"));
  const site = siteAt(root, whole.split("\n"));
  const line = answered(await travel(site, target, { method: method ?? "GET", fields: fields ?? [] }), site);
  for (const [path] of overrides) rmSync(path);
  return line;
}

test("configurations do what they do in Apache", async () => {
  using home = folder();
  writeFiles(home.path, FILES);
  writeFileSync(join(home.path, "passwords"), PASSWORDS);
  writeFileSync(join(home.path, "groups"), GROUPS);
  const wrong: string[] = [];
  for (const each of CASES) {
    const found = await answer(home.path, each);
    if (found !== each.expected)
      wrong.push(`${each.lines.join("; ")} for ${each.target}: ${found}, not ${each.expected}`);
  }
  expect(wrong).toEqual([]);
  expect(CASES.length).toBeGreaterThan(160);
});
