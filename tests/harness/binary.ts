/** dist/malt, the program under test, and running it to its end. */

import { join } from "node:path";
import { readable } from "./folders.ts";
import { PATIENCE_MS } from "./until.ts";

const built = join(import.meta.dir, "..", "..", "dist", "malt");
if (!(await Bun.file(built).exists())) throw new Error("there is no dist/malt: run `npm run build` first");

/** Where the program is, for every user. */
export const malt: string = await readable(built);

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs any command to its end, and kills one that does not come to an end. `env` is all there is in its environment;
 * without it the environment is inherited.
 */
export async function run(
  command: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const child = Bun.spawn([...command], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env } }),
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, err };
}
