/** What the system has to bring: looked for, and from Debian's packages when root asks. */

import { existsSync } from "node:fs";
import { say } from "./progress.ts";
import type { SystemNeed } from "./servers.ts";

// Debian has apache2 in /usr/sbin, which is not on the PATH of everybody.
const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** See to it that `needs` are there. Returns an `Error` that says what to install when they can't be. */
export function provideSystemPackages(needs: readonly SystemNeed[]): Error | null {
  const missing = needs.filter((need) => !isThere(need));
  if (missing.length === 0) return null;
  const names = missing.map((need) => need.debian);
  if (process.getuid?.() === 0 && Bun.which("apt-get") !== null) {
    say(`installing ${names.join(", ")} with apt-get`);
    const install = ["install", "--yes", "--no-install-recommends", ...names];
    // The lists of a fresh machine are empty or old: look again only when the first try fails.
    if (!aptGet(install) && aptGet(["update"])) aptGet(install);
  }
  const absent = missing.filter((need) => !isThere(need));
  if (absent.length === 0) return null;
  return new Error(`${absent[0]?.path} is missing: apt-get install ${absent.map((need) => need.debian).join(" ")}`);
}

function isThere({ path: wanted }: SystemNeed): boolean {
  return wanted.startsWith("/") ? existsSync(wanted) : Bun.which(wanted, { PATH: path }) !== null;
}

function aptGet(words: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return Bun.spawnSync(["apt-get", "--quiet", ...words], { env, stdout: "ignore", stderr: "ignore", timeout: 180_000 })
    .success;
}
