/**
 * A million requests while the access log rotates, by size and by signal: whether each has exactly one whole line. Needs
 * dist/malt and a python3. Not a part of the tests, which have a small version of it.
 *
 *     bun scripts/log-rotation.ts [REQUESTS] [options of the server, such as --rotatelogs-executable=/usr/bin/rotatelogs]
 */

import { mkdtempSync, chmodSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipelined } from "./pipelined.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const [first = "1000000", ...options] = process.argv.slice(2);
const requests = Number(first);
const RESTART_EVERY_MS = 20_000;

const home = mkdtempSync(join(tmpdir(), "malt-rotation-"));
chmodSync(home, 0o755);
const root = join(home, "root");
const user = process.getuid?.() === 0 ? ["--user=nobody"] : [];
const logs = ["--access-log", "--rotate-logs", "--max-log-size=5", '--access-log-format="%r" %>s %t %{User-agent}i'];
const server = Bun.spawn(
  [
    here("../dist/malt"),
    "start-server",
    here("../tests/apps/hello.py"),
    "--port=0",
    `--server-root=${root}`,
    ...user,
    ...logs,
    ...options,
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const port = await portOf(server.stdout);
  const restarts = setInterval(() => server.kill("SIGUSR1"), RESTART_EVERY_MS);
  const began = performance.now();
  await pipelined(port, { from: 0, count: requests, connections: 8 });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(restarts);
  server.kill("SIGTERM");
  await server.exited;
  const files = readdirSync(root).filter((name) => name.startsWith("access_log"));
  const seen = new Uint8Array(requests);
  const found = { doubled: 0, torn: 0 };
  for (const name of files) {
    for (const line of readFileSync(join(root, name), "latin1").trimEnd().split("\n")) {
      const number = /^"GET \/(\d+) HTTP\/1\.1" 200 \[[^\]]{26}\] -$/.exec(line)?.[1];
      const before = seen[Number(number)];
      // No number of these either when it is none that was asked for.
      if (before === undefined) found.torn += 1;
      else {
        if (before > 0) found.doubled += 1;
        seen[Number(number)] = before + 1;
      }
    }
  }
  const lost = seen.filter((times) => times === 0).length;
  console.log(
    `${requests} requests in ${seconds.toFixed(1)} s, ${files.length} files: ${lost} lines lost, ${found.doubled} doubled, ${found.torn} torn`,
  );
  process.exitCode = lost + found.doubled + found.torn === 0 ? 0 : 1;
} finally {
  server.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}

/** The port of the banner; what follows is read and thrown away. */
async function portOf(output: ReadableStream<Uint8Array>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  void (async () => {
    let text = "";
    for await (const chunk of output) {
      text += new TextDecoder().decode(chunk);
      const port = /^Server URL +: http:\/\/[^/]+:(\d+)\/$/m.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    }
  })();
  return await promise;
}
