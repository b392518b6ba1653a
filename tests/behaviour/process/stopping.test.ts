/** How long the end of a worker may take. */

import { expect } from "bun:test";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { here } from "./inside.ts";

/** A server that is told to stop while a request is in the application, which waits for a second file in `place`. */
async function stopDuringRequest(
  server: Server,
  place: string,
): Promise<{ stopped: Promise<number>; answer: Promise<number> }> {
  chmodSync(place, 0o777);
  const query = new URLSearchParams({ folder: place, count: "2" });
  const answer = server.get(`/?${query}`).then(
    ({ status }) => status,
    () => 0,
  );
  await until("the request to be in the application", () => readdirSync(place).length === 1);
  const stopped = server.stop();
  await server.waitForLog(/caught SIGTERM/);
  return { stopped, answer };
}

async function isRefused(server: Server): Promise<boolean> {
  try {
    (await server.connect())[Symbol.dispose]();
    return false;
  } catch {
    return true;
  }
}

for (const [seconds, promise] of [
  [0, "0 is no limit"],
  [10, "a request may take that long"],
] as const) {
  test(`--shutdown-timeout: ${promise}, and is answered while new connections are refused`, async () => {
    using place = folder();
    await using server = await start(here("meeting.py"), [`--shutdown-timeout=${seconds}`]);
    const { stopped, answer } = await stopDuringRequest(server, place.path);
    await until("new connections to be refused", () => isRefused(server));
    writeFileSync(join(place.path, "second"), "");
    expect(await answer).toBe(200);
    expect(await stopped).toBe(0);
  });
}

test("--shutdown-timeout: a request that takes longer is given up, and the server ends with 0", async () => {
  using place = folder();
  await using server = await start(here("meeting.py"), ["--shutdown-timeout=1"]);
  const { stopped, answer } = await stopDuringRequest(server, place.path);
  expect(await stopped).toBe(0);
  expect(await answer).not.toBe(200);
});

test("--shutdown-timeout: exit functions run, and what they print is logged", async () => {
  await using server = await start(here("leaving.py"));
  expect(await server.text("/")).toBe("here");
  expect(await server.stop()).toBe(0);
  expect(server.log()).toMatch(/\[wsgi:error\].* leaving$/m);
});

test("--shutdown-timeout: an exit function that never ends keeps nobody from stopping the server", async () => {
  await using server = await start(here("leaving.py"), ["--shutdown-timeout=1"], { env: { MALT_TEST_STAY: "1" } });
  expect(await server.stop()).toBe(0);
  expect(server.log()).toMatch(/ leaving$/m);
});
