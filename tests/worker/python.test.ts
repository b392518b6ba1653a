/** The parts of the worker that need no process of their own are tested in Python, under each Python. */

import { expect, test } from "bun:test";
import { join } from "node:path";
import { pythons } from "../harness/pythons.ts";
import { library } from "./client.ts";

for (const { version, path } of pythons) {
  test(`python ${version}: frames, heads, input and channel keep their promises`, async () => {
    // Sockets that a test leaves to the garbage collector are no failure.
    const child = Bun.spawn(
      [path, "-W", "ignore", "-m", "unittest", "discover", "-s", join(import.meta.dir, "python")],
      {
        env: { PYTHONPATH: library, PYTHONDONTWRITEBYTECODE: "1" },
        stdout: "ignore",
        stderr: "pipe",
      },
    );
    const report = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(report);
    expect(report).toContain("\nOK\n");
  }, 60_000);
}
