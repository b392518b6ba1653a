/** Malt and mod_wsgi-express, for the programs that compare what they answer. */

import { existsSync } from "node:fs";
import { provideRelease } from "./packages.ts";
import { provideVirtualEnvironment } from "./python.ts";
import { maltBinary, servers } from "./servers.ts";
import { provideSystemPackages } from "./system-packages.ts";

/** See to it that both servers are there. Returns the release of mod_wsgi, or an `Error`. */
export function provideBoth(): string | Error {
  const original = servers.find(({ name }) => name === "mod_wsgi-express");
  if (original?.release === undefined || original.release === null) return new Error("no mod_wsgi among the servers");
  const impossible =
    provideSystemPackages(original.needs) ?? provideVirtualEnvironment() ?? provideRelease(original.release);
  if (impossible !== null) return impossible;
  if (!existsSync(maltBinary)) return new Error(`${maltBinary} is not there: npm run build makes it`);
  return original.release.version;
}
