/** The access log of front ends that are killed: every answer that a client had is in it, once and whole. */

import { expect } from "bun:test";
import { load } from "../harness/load.ts";
import { app } from "../harness/apps.ts";
import { start } from "../harness/server.ts";
import { test } from "../harness/test.ts";
import { until } from "../harness/until.ts";
import { repeated } from "./counted.ts";

const KILLS = 6;
const CLIENTS = 16;

/** Between the answer and its line there are some microseconds, in which one request is. */
const BETWEEN = 1;

test("front ends killed under load take no line of the access log along, and leave none twice or torn", async () => {
  await using server = await start(app("hello.py"), [
    "--access-log",
    "--access-log-format=%r %>s %b ok",
    "--frontends=2",
  ]);
  const clients = load(server.port, CLIENTS);
  for (let kill = 0; kill < KILLS; kill++) {
    const settled = clients.count;
    await until("some load", () => clients.count > settled + 500);
    const [victim = 0] = server.processes().frontEnds;
    process.kill(victim, "SIGKILL");
    await until("it to be replaced", () => {
      const { frontEnds } = server.processes();
      return frontEnds.length === 2 && !frontEnds.includes(victim);
    });
    await server.ready();
  }
  const asked = await clients.stop();
  const answered = asked.filter(({ outcome }) => outcome.kind === "answered").map(({ target }) => target);
  await server.stop();
  const lines = server
    .output()
    .split("\n")
    .filter((line) => line.includes("GET /") || line.endsWith(" ok"));
  expect(lines.filter((line) => !/^GET \/\d* HTTP\/1\.1 200 14 ok$/.test(line))).toEqual([]);
  const logged = lines.map((line) => line.split(" ")[1] ?? "").filter((path) => path !== "/");
  expect(repeated(logged)).toEqual([]);
  const found = new Set(logged);
  const missing = answered.filter((target) => !found.has(target));
  expect(answered.length).toBeGreaterThan(KILLS * 500);
  expect(missing.length).toBeLessThanOrEqual(KILLS * BETWEEN);
}, 60_000);
