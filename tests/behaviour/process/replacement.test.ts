/** Workers come and go, and clients notice nothing. */

import { expect } from "bun:test";
import { join } from "node:path";
import { app } from "../../harness/apps.ts";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";

const application = app("who.py");

/** Asks without a pause, from several clients, until told to stop; then with what was answered: status and pid. */
async function askOn(server: Server, clients: number): Promise<{ stop(): Promise<string[]> }> {
  const end = new AbortController();
  const answers: string[] = [];
  const client = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const response = await server.get("/");
      answers.push(`${response.status} ${await response.text()}`);
    }
  };
  const all = Array.from({ length: clients }, client);
  await until("answers", () => answers.length > clients);
  return {
    async stop() {
      end.abort();
      await Promise.all(all);
      return answers;
    },
  };
}

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

test("a request that runs while its worker is replaced is finished by it", async () => {
  using place = folder();
  const gate = join(place.path, "gate");
  await using server = await start(app("slow.py"), ["--processes=1", "--log-level=info"]);
  const [first = 0] = server.processes().workers;
  const running = server.text(gate);
  await server.waitForLog(/waiting/);
  process.kill(first, "SIGUSR1");
  await server.waitForLog(/finishes its requests \(Process eviction requested\)/);
  expect(await server.text("/now")).toBe("done");
  expect(server.processes().workers).toContain(first);
  await Bun.write(gate, "");
  expect(await running).toBe("done");
  await until("the first to go", () => !server.processes().workers.includes(first));
});
