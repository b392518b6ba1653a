/**
 * Malt against Apache with mod_wsgi: plays every message of the corpus (tests/http/h1/corpus) to both and writes down in
 * docs/http-corpus.md what they make differently. Every difference needs a reason (scripts/differential/arguments.ts).
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { converse } from "../tests/http/h1/corpus/converse.ts";
import { corpus } from "../tests/http/h1/corpus/corpus.ts";
import type { Entry } from "../tests/http/h1/corpus/entry.ts";
import { provideBoth } from "./bench/both.ts";
import { say } from "./bench/progress.ts";
import { bin } from "./bench/python.ts";
import { killAll } from "./bench/server-process.ts";
import { maltBinary } from "./bench/servers.ts";
import { makeSite, removeSite } from "./bench/site.ts";
import { reasonFor } from "./differential/arguments.ts";
import { inWords } from "./differential/difference.ts";
import { page, type Difference } from "./differential/page.ts";
import { startPeer, type Peer } from "./differential/peer.ts";

const file = join(import.meta.dir, "..", "docs", "http-corpus.md");

/** Both end a connection at once where they end it at all. */
const patienceMs = 1000;

async function outcome(peer: Peer, entry: Entry): Promise<string> {
  using client = await peer.connect();
  return inWords(entry, await converse(client, entry, peer.records, patienceMs));
}

/** Differences without a reason have "" for it. */
async function compare(apache: Peer, malt: Peer): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const [subject, entries] of Object.entries(corpus)) {
    for (const entry of entries) {
      const [theirs, ours] = [await outcome(apache, entry), await outcome(malt, entry)];
      if (theirs === ours) continue;
      const why = reasonFor(subject, entry, theirs) ?? "";
      differences.push({ subject, entry, apache: theirs, malt: ours, why });
    }
  }
  return differences;
}

/** "Apache/2.4.71": as the program that is installed calls itself. */
function apacheVersion(): string {
  const { stdout } = Bun.spawnSync(["/usr/sbin/apache2", "-v"], { stdout: "pipe", stderr: "ignore" });
  return /Apache\/[\d.]+/.exec(stdout.toString())?.[0] ?? "Apache";
}

function write(text: string): void {
  writeFileSync(file, text);
  // The page is held to the format of the project like everything else.
  Bun.spawnSync([process.execPath, "fmt", file], { stdout: "ignore", stderr: "inherit" });
}

async function main(): Promise<number> {
  const release = provideBoth();
  if (release instanceof Error) {
    say(release.message);
    return 1;
  }
  const site = makeSite();
  try {
    const apache = await startPeer("apache", join(bin, "mod_wsgi-express"), site);
    const malt = await startPeer("malt", maltBinary, site);
    if (apache instanceof Error || malt instanceof Error) {
      for (const peer of [apache, malt]) if (peer instanceof Error) say(peer.message);
      return 1;
    }
    const differences = await compare(apache, malt);
    await Promise.all([apache.stop(), malt.stop()]);
    const total = Object.values(corpus).flat().length;
    write(page(total, differences, `${apacheVersion()}, mod_wsgi ${release}`));
    const unexplained = differences.filter(({ why }) => why === "");
    for (const { subject, entry, apache: theirs, malt: ours } of unexplained) {
      say(`no reason: ${subject}: ${entry.name}: Apache ${theirs}, Malt ${ours}`);
    }
    say(`${total} messages, ${differences.length} differences, ${unexplained.length} without a reason: ${file}`);
    return unexplained.length === 0 ? 0 : 1;
  } finally {
    killAll();
    removeSite(site);
  }
}

process.exit(await main());
