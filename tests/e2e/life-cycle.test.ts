/** Starting, stopping, and getting over the loss of any part. */

import { expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { malt, run } from "../harness/binary.ts";
import { folder } from "../harness/folders.ts";
import { processes } from "../harness/processes.ts";
import { python } from "../harness/pythons.ts";
import { start, type Server } from "../harness/server.ts";
import { test } from "../harness/test.ts";
import { until } from "../harness/until.ts";

const application = join(import.meta.dir, "apps", "environment.py");
const isRoot = process.getuid?.() === 0;

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} ends the server with 0, and no process of it is left`, async () => {
    await using server = await start(application, ["--processes=2"]);
    const { frontEnds, workers } = server.processes();
    expect(workers).toHaveLength(2);
    expect(await server.stop(signal)).toBe(0);
    const alive = new Set(processes().map(({ pid }) => pid));
    expect([...frontEnds, ...workers].filter((pid) => alive.has(pid))).toEqual([]);
  });
}

test("a worker that is killed is replaced, and requests succeed again", async () => {
  await using server = await start(application);
  const [victim = 0] = server.processes().workers;
  process.kill(victim, "SIGKILL");
  await replaced(server, () => server.processes().workers, victim);
});

test("a front end that is killed is replaced, and requests succeed again with the same workers", async () => {
  await using server = await start(application);
  const before = server.processes();
  const [victim = 0] = before.frontEnds;
  process.kill(victim, "SIGKILL");
  await replaced(server, () => server.processes().frontEnds, victim);
  expect(server.processes().workers).toEqual(before.workers);
});

test("when the supervisor is killed, everything else ends too", async () => {
  await using server = await start(application, ["--processes=2"]);
  const { frontEnds, workers } = server.processes();
  process.kill(server.pid, "SIGKILL");
  await until("the orphans to end", () => {
    const alive = new Set(processes().map(({ pid }) => pid));
    return ![...frontEnds, ...workers].some((pid) => alive.has(pid));
  });
});

test("an application that cannot be imported answers 500, says why in the log, and is tried again once it was fixed", async () => {
  using home = folder();
  const script = join(home.path, "app.wsgi");
  writeFileSync(script, 'raise RuntimeError("no barley today")\n');
  await using server = await start(script);

  const broken = await server.get("/");
  expect(broken.status).toBe(500);
  expect(await broken.text()).not.toContain("barley");
  await server.waitForLog(/RuntimeError: no barley today/);

  const fixed = 'def application(environ, start_response):\n    start_response("200 OK", [])\n    return [b"fixed"]\n';
  writeFileSync(script, fixed);
  expect(await server.text("/")).toBe("fixed");
});

if (isRoot) {
  test("root has to name the user to serve as: without --user the server does not start", async () => {
    using home = folder();
    const root = `--server-root=${join(home.path, "root")}`;
    const { code, err } = await run([malt, "start-server", application, "--port=0", root, `--python=${python.path}`]);
    expect(code).toBe(1);
    expect(err).toContain("--user");
  });

  test("--user root is taken at its word, with a warning", async () => {
    await using server = await start(application, [], { user: "root" });
    expect((await server.get("/")).status).toBe(200);
    expect(server.log()).toMatch(/warn.*root/i);
  });

  test("front end and workers run as the user of --user, the supervisor stays root", async () => {
    await using server = await start(application, [], { user: "nobody" });
    const { frontEnds, workers } = server.processes();
    const { out } = await run(["ps", "-o", "user:20=", "-p", [...frontEnds, ...workers].join(",")]);
    expect(new Set(out.trim().split(/\s+/))).toEqual(new Set(["nobody"]));
    expect((await server.get("/")).status).toBe(200);
  });
} else {
  console.warn("NOT TESTED: --user, because the tests are not run by root");
}

/** Waits until `victim` is no longer among `members`, somebody is, and a request is answered. */
async function replaced(server: Server, members: () => number[], victim: number): Promise<void> {
  await until("a replacement", () => members().length > 0 && !members().includes(victim));
  await server.ready();
  expect((await server.get("/")).status).toBe(200);
}
