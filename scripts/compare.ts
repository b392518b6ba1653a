/**
 * Malt beside the original: starts both with the same sites and options, sends both the same requests, and writes down in
 * docs/comparison.md what they answer differently. Every difference needs a reason (scripts/compare/reasons.ts).
 *
 * Words on the command line choose the scenarios that have them in their name; then only the differences are shown.
 */

import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { provideBoth } from "./bench/both.ts";
import { say } from "./bench/progress.ts";
import { bin } from "./bench/python.ts";
import { killAll } from "./bench/server-process.ts";
import { maltBinary } from "./bench/servers.ts";
import { difference } from "./compare/difference.ts";
import { page, type Row } from "./compare/page.ts";
import { startPeer } from "./compare/peer.ts";
import { reasonFor } from "./compare/reasons.ts";
import { inWords, type Scenario } from "./compare/scenario.ts";
import { scenarios } from "./compare/scenarios.ts";
import { startUpstream } from "./compare/upstream.ts";

const file = join(import.meta.dir, "..", "docs", "comparison.md");
const applications = join(import.meta.dir, "compare", "apps");

/** Files are as old as this: younger ones have weak validators. */
const LONG_AGO_S = 1_700_000_000;

function makeFiles(scenario: Scenario, site: string): void {
  cpSync(applications, join(site, "apps"), { recursive: true });
  for (const [name, text] of Object.entries({ ...scenario.files({ site }), "htdocs/ready.txt": "ready" })) {
    const path = join(site, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (text.startsWith("#!")) chmodSync(path, 0o755);
    utimesSync(path, LONG_AGO_S, LONG_AGO_S);
  }
}

/** The differences of one scenario, those without a reason with "" for it; an `Error` when a server doesn't start. */
async function compare(scenario: Scenario, folder: string, upstream: string): Promise<Row[] | Error> {
  const site = join(folder, "site");
  makeFiles(scenario, site);
  const [original, malt] = await Promise.all([
    startPeer("original", join(bin, "mod_wsgi-express"), scenario, site, folder, upstream),
    startPeer("malt", maltBinary, scenario, site, folder, upstream),
  ]);
  if (original instanceof Error) return original;
  if (malt instanceof Error) return malt;
  const rows: Row[] = [];
  for (const request of scenario.requests) {
    const sides = difference(await original.answer(request), await malt.answer(request));
    if (sides === null) continue;
    const row = { scenario: scenario.name, request: inWords(request), ...sides };
    rows.push({ ...row, why: reasonFor(row) ?? "" });
  }
  await Promise.all([original.stop(), malt.stop()]);
  return rows;
}

/** "Apache/2.4.71": as the program that is installed calls itself. */
function apacheVersion(): string {
  const { stdout } = Bun.spawnSync(["/usr/sbin/apache2", "-v"], { stdout: "pipe", stderr: "ignore" });
  return /Apache\/[\d.]+/.exec(stdout.toString())?.[0] ?? "Apache";
}

async function main(words: readonly string[]): Promise<number> {
  const release = provideBoth();
  if (release instanceof Error) {
    say(release.message);
    return 1;
  }
  const chosen = scenarios.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const rows: Row[] = [];
  using upstream = startUpstream();
  for (const scenario of chosen) {
    const folder = mkdtempSync(join(tmpdir(), "malt-compare-"));
    chmodSync(folder, 0o755);
    try {
      const found = await compare(scenario, folder, upstream.url);
      if (found instanceof Error) {
        say(`${scenario.name}: ${found.message}`);
        return 1;
      }
      rows.push(...found);
    } finally {
      killAll();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const total = chosen.reduce((sum, { requests }) => sum + requests.length, 0);
  const unexplained = rows.filter(({ why }) => why === "");
  for (const { scenario, request, original, malt } of unexplained) {
    say(`no reason: ${scenario}: ${request}\n    original ${original}\n    Malt     ${malt}`);
  }
  say(`${total} requests, ${rows.length} differences, ${unexplained.length} without a reason`);
  if (words.length > 0) return unexplained.length === 0 ? 0 : 1;
  writeFileSync(file, page(total, rows, `${apacheVersion()}, mod_wsgi ${release}`));
  // The page is held to the format of the project like everything else.
  Bun.spawnSync([process.execPath, "fmt", file], { stdout: "ignore", stderr: "inherit" });
  return unexplained.length === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
