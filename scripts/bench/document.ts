/** docs/benchmarks.md: the part between the markers belongs to the benchmark, the rest to people. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const file = join(import.meta.dir, "..", "..", "docs", "benchmarks.md");

/** Replace what stands between the markers `name` in `page`. Returns an `Error` when they are not there. Pure. */
export function replaceSection(page: string, name: string, section: string): string | Error {
  const begin = `<!-- ${name}: begin -->`;
  const end = `<!-- ${name}: end -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) return new Error(`the markers ${begin} and ${end} are missing`);
  return `${page.slice(0, from + begin.length)}\n\n${section.trim()}\n\n${page.slice(to)}`;
}

/** Write `section` between the markers `name` of the page. Returns an `Error` when they are not there. */
export function writeSection(name: string, section: string): Error | null {
  const page = replaceSection(readFileSync(file, "utf8"), name, section);
  if (page instanceof Error) return new Error(`${file}: ${page.message}`);
  writeFileSync(file, page);
  // The page is held to the format of the project like everything else.
  const formatted = Bun.spawnSync([process.execPath, "fmt", file], { stdout: "ignore", stderr: "pipe" });
  return formatted.success ? null : new Error(`bun fmt ${file}: ${formatted.stderr.toString().trim()}`);
}
