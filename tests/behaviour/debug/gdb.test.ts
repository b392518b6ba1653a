/** --enable-gdb: Python runs under gdb, for which a program stands here that only notes how it was called. */

import { expect } from "bun:test";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../../harness/binary.ts";
import { folder } from "../../harness/folders.ts";
import { test } from "../../harness/test.ts";
import { about, atTerminal, debugged } from "./debugged.ts";

/** Says its words, and runs what follows --args. */
const FAKE = `#!/bin/sh
echo "gdb called with $*"
while [ "$1" != --args ]; do shift; done
shift
exec "$@"
`;

function fakeGdb(home: string): string {
  const path = join(home, "fake-gdb");
  writeFileSync(path, FAKE);
  chmodSync(path, 0o755);
  return path;
}

test("--enable-gdb: --gdb-executable: the interpreter is run by it, with commands that start it", async () => {
  using home = folder();
  await using server = await atTerminal(["--enable-gdb", `--gdb-executable=${fakeGdb(home.path)}`]);
  const [, commands = ""] = await server.waitForOutput(
    /^gdb called with -q -x (\S+) --args \S*python\S* \S+\/worker /m,
  );
  expect(commands).toBe(join(server.root, "gdb.cmds"));
  expect(readFileSync(commands, "utf8")).toMatch(/^run$/m);
  expect((await about(server)).variables).toMatchObject({ MOD_WSGI_DEBUG_MODE: "true", MOD_WSGI_GDB_ENABLED: "true" });
  expect(await server.stop("SIGTERM")).toBe(0);
});

test("--gdb-executable: when there is none, the server doesn't start, and says what to do", async () => {
  using home = folder();
  const root = `--server-root=${join(home.path, "root")}`;
  const words = [malt, "start-server", debugged, root, "--enable-gdb", "--user=nobody", "--gdb-executable=no-such-gdb"];
  const { code, err } = await run(words, { cwd: home.path });
  expect(code).toBe(1);
  expect(err).toContain("there is no program no-such-gdb that can be run as gdb");
  expect(err).toContain("apt-get install gdb");
});
