/** Workers come and go, and clients notice nothing. */

import { expect } from "bun:test";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { askOn } from "./asking.ts";

const application = app("life.py");

for (const [signal, how] of [
  ["SIGUSR1", "its replacement is ready first"],
  ["SIGTERM", "what it has not started goes to its replacement"],
] as const) {
  test(`the only worker is replaced on ${signal} under load: ${how}, and every request is answered`, async () => {
    await using server = await start(application, ["--processes=1"]);
    const [first = 0] = server.processes().workers;
    const load = await askOn(server, 8);
    process.kill(first, signal);
    await until("the old worker to be gone", () => !server.processes().workers.includes(first));
    await server.ready();
    const [second = 0] = server.processes().workers;
    await until("the new one to answer", async () => (await server.text("/")) === String(second));
    const answers = await load.stop();
    expect([...new Set(answers)].toSorted()).toEqual([`200 ${first}`, `200 ${second}`].toSorted());
    expect(server.log()).not.toContain("died unexpectedly");
  });
}

test("a worker whose replacement can't load the application goes on, until one can", async () => {
  using place = folder();
  const script = join(place.path, "app.wsgi");
  const good = await Bun.file(application).text();
  await Bun.write(script, good);
  await using server = await start(script, ["--disable-reloading"]);
  const first = await server.text("/");
  await Bun.write(script, "no = such.name\n");
  process.kill(Number(first), "SIGUSR1");
  await server.waitForLog(
    /could not load the application, and the worker it was to replace goes on; it is replaced in 0\.2 s/,
  );
  expect(await server.text("/")).toBe(first);
  await Bun.write(script, good);
  await until("another one to answer", async () => (await server.text("/")) !== first);
});

test("a request that runs while its worker is replaced is finished by it", async () => {
  using place = folder();
  const gate = join(place.path, "gate");
  await using server = await start(app("slow.py"), ["--processes=1", "--log-level=info"]);
  const [first = 0] = server.processes().workers;
  const running = server.text(gate);
  await server.waitForLog(/waiting/);
  process.kill(first, "SIGUSR1");
  await server.waitForLog(/Process eviction requested, waiting for requests to complete 'localhost:0'\./);
  await server.waitForLog(/is ready[^]*is ready/);
  expect(await server.text("/now")).toBe("done");
  expect(server.processes().workers).toContain(first);
  await Bun.write(gate, "");
  expect(await running).toBe("done");
  await until("the first to go", () => !server.processes().workers.includes(first));
});
