/** Processes, threads, and the buffers between them. */

import { expect } from "bun:test";
import { chmodSync } from "node:fs";
import { folder } from "../../harness/folders.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { here, inside, look, refusal } from "./inside.ts";

/** Those of `count` requests that were in the application at the same time, as PID-THREAD. */
async function meet(server: Server, count: number): Promise<string[]> {
  using place = folder();
  chmodSync(place.path, 0o777);
  const query = new URLSearchParams({ folder: place.path, count: `${count}` });
  const answers = await Promise.all(Array.from({ length: count }, () => server.get(`/?${query}`)));
  const [met = []] = await Promise.all(answers.map(async (answer) => (await answer.json()) as string[]));
  return met;
}

test("--processes: without it there is one worker, and wsgi.multiprocess is false", async () => {
  await using server = await start(inside);
  expect(server.processes().workers).toHaveLength(1);
  expect((await look(server)).environ).toMatchObject({ "wsgi.multiprocess": false });
});

for (const count of [0, 1]) {
  test(`--processes: given, even as ${count}, there is one worker, and wsgi.multiprocess is true`, async () => {
    await using server = await start(inside, [`--processes=${count}`]);
    expect(server.processes().workers).toHaveLength(1);
    expect((await look(server)).environ).toMatchObject({ "wsgi.multiprocess": true });
  });
}

test("--processes: there are as many workers as it says, and each of them runs requests", async () => {
  await using server = await start(here("meeting.py"), ["--processes=3", "--threads=1"]);
  const { workers } = server.processes();
  expect(workers).toHaveLength(3);
  expect((await meet(server, 3)).toSorted()).toEqual(workers.map((pid) => `${pid}-1`).toSorted());
});

test("--threads: each worker runs as many requests at once as it says", async () => {
  await using server = await start(here("meeting.py"), ["--processes=2", "--threads=3"]);
  const places = server.processes().workers.flatMap((pid) => [1, 2, 3].map((thread) => `${pid}-${thread}`));
  expect((await meet(server, 6)).toSorted()).toEqual(places.toSorted());
});

test("--threads: there are five without it, as many as it says with it, and only 1 is not wsgi.multithread", async () => {
  for (const [args, count] of [
    [[], 5],
    [["--threads=2"], 2],
    [["--threads=1"], 1],
  ] as const) {
    await using server = await start(inside, args);
    const { environ, threads } = await look(server);
    expect(threads.filter((name) => name.startsWith("malt-request-"))).toHaveLength(count);
    expect(environ["wsgi.multithread"]).toBe(count !== 1);
  }
});

test("--threads: a worker without any is refused", async () => {
  const { code, err } = await refusal(["--threads=0"]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("option --threads: 0 is too small") });
});

// Linux doubles what it is asked for, to have room for its own bookkeeping (socket(7)).
const ASKED = 16_384;
const GOT = 2 * ASKED;

test("--send-buffer-size: it is the size of the buffer that workers send through", async () => {
  await using usual = await start(inside);
  await using server = await start(inside, [`--send-buffer-size=${ASKED}`]);
  const [[, receive] = [0, 0]] = (await look(usual)).buffers;
  expect((await look(server)).buffers).toEqual([[GOT, receive]]);
});

test("--receive-buffer-size: it is the size of the buffer that workers receive through", async () => {
  await using usual = await start(inside);
  await using server = await start(inside, [`--receive-buffer-size=${ASKED}`]);
  const [[send] = [0, 0]] = (await look(usual)).buffers;
  expect((await look(server)).buffers).toEqual([[send, GOT]]);
});

test("a buffer too small to be one is refused, and 0 is the system's own size", async () => {
  for (const option of ["--send-buffer-size", "--receive-buffer-size"]) {
    const { code, err } = await refusal([`${option}=511`]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`option ${option}: 511 is too small`) });
  }
  await using usual = await start(inside);
  await using server = await start(inside, ["--send-buffer-size=0", "--receive-buffer-size=0"]);
  expect((await look(server)).buffers).toEqual((await look(usual)).buffers);
});

test("large bodies get through the smallest buffers unharmed, both ways", async () => {
  const args = ["--send-buffer-size=512", "--receive-buffer-size=512"];
  await using server = await start(here("../../../apps/polite_reader.py"), args);
  const body = "all work and no play\n".repeat(50_000);
  expect(await server.text("/", { method: "POST", body })).toBe(body);
});
