/** mod_wsgi.subscribe_events and subscribe_shutdown: what callbacks are told, and what they can change. */

import { expect } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readable, folder } from "../../harness/folders.ts";
import { pythons } from "../../harness/pythons.ts";
import { start, type Server } from "../../harness/server.ts";
import { test } from "../../harness/test.ts";
import { until } from "../../harness/until.ts";
import { here } from "./inside.ts";
import { shared } from "./sources.ts";

type Event = readonly [name: string, fields: Record<string, unknown>];

const watching = await readable(here("watching.py"));

/** What was told since the last time, once a request has been finished; the last word on it comes after its response. */
async function told(server: Server): Promise<Event[]> {
  const events: Event[] = [];
  await until("the end of the request to be told", async () => {
    const answer = (await (await server.get("/told")).json()) as { told: Event[] };
    events.push(...answer.told.filter(([name, fields]) => name !== "request_finished" || !isQuestion(fields)));
    return events.some(([name]) => name === "request_finished");
  });
  return events.filter(([name, fields]) => name === "request_started" || idOf(events) === fields["request_id"]);
}

const idOf = (events: readonly Event[]): unknown =>
  events.find(([name]) => name === "request_started")?.[1]["request_id"];
/** Callbacks put nothing into the data of what only asks. */
const isQuestion = ({ request_data: data }: Record<string, unknown>): boolean =>
  typeof data !== "object" || data === null || !("mine" in data);

for (const python of pythons) {
  test(`a request is told when it starts, when its response does, and when it is over, under Python ${python.version}`, async () => {
    await using server = await start(watching, ["--threads=1"], { python });
    await server.text("/told");
    const before = Date.now() / 1000;
    const response = await server.get("/", { method: "POST", body: "some\nbody" });
    expect([response.status, response.headers.get("x-added")]).toEqual([201, "by a callback"]);
    expect(await response.text()).toBe("got some\nbody");
    const events = await told(server);
    const after = Date.now() / 1000;
    expect(events.map(([name]) => name)).toEqual(["request_started", "response_started", "request_finished"]);
    const [started = {}, answered = {}, finished = {}] = events.map(([, fields]) => fields);

    expect(started).toEqual({
      request_id: expect.stringMatching(/^.{11}$/),
      thread_id: 1,
      daemon_connects: 1,
      daemon_restarts: 0,
      request_start: expect.any(Number),
      queue_start: expect.any(Number),
      daemon_start: expect.any(Number),
      application_start: expect.any(Number),
      application_object: "application",
      request_data: { mine: "kept" },
      environ: true,
      same: true,
      active: true,
    });
    const times = ["request_start", "queue_start", "daemon_start", "application_start"].map((key) =>
      Number(started[key]),
    );
    const moments = [before, ...times, Number(finished["application_finish"]), after];
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));

    const { request_id } = started;
    expect(answered).toEqual({
      request_id,
      response_status: "201 Made",
      response_headers: [
        ["Content-Type", "text/plain"],
        ["X-Added", "by a callback"],
      ],
      exception_info: null,
      request_data: { mine: "kept" },
    });
    expect(finished).toEqual({
      request_id,
      input_reads: 3,
      input_length: 9,
      input_time: expect.any(Number),
      output_length: 13,
      output_writes: 1,
      output_time: expect.any(Number),
      cpu_user_time: expect.any(Number),
      cpu_system_time: expect.any(Number),
      application_finish: expect.any(Number),
      application_time: expect.any(Number),
      request_data: { mine: "kept" },
    });
    const cpu = Number(finished["cpu_user_time"]) + Number(finished["cpu_system_time"]);
    expect(cpu).toBeLessThanOrEqual(Number(finished["application_time"]) + 1e-9);
  });
}

test("what is sent in pieces or as a file is counted whole", async () => {
  await using server = await start(watching, ["--threads=1"]);
  expect(await server.text("/stream")).toBe("onetwothree");
  expect((await told(server)).at(-1)?.[1]).toMatchObject({ output_length: 11, output_writes: 3 });
  expect((await server.text("/file")).length).toBe(statSync(watching).size);
  expect((await told(server)).at(-1)?.[1]).toMatchObject({ output_length: statSync(watching).size, output_writes: 1 });
});

test("an exception is told with its parts, and is a 500 as ever", async () => {
  await using server = await start(watching, ["--threads=1"]);
  expect((await server.get("/fail")).status).toBe(500);
  const events = await told(server);
  expect(events.map(([name]) => name)).toEqual(["request_started", "request_exception", "request_finished"]);
  expect(events[1]?.[1]).toMatchObject({
    exception_info: ["KeyError", "KeyError", "traceback"],
    request_data: { mine: "kept" },
  });
});

test("a callback can put another application in the place of the one that is called", async () => {
  await using server = await start(watching);
  expect(await server.text("/replaced")).toBe("another application");
  expect(await server.text("/")).toBe("got ");
});

test("a callback that fails is logged, harms nothing, and was told what the one before it returned", async () => {
  await using server = await start(watching);
  expect(await server.text("/")).toBe("got ");
  await server.waitForLog(/Exception occurred within event callback\./);
  await server.waitForLog(/ValueError: a callback failed at request_started, seen: True/);
});

test("only what can be called can be subscribed, and the lists behind it are there to be seen", async () => {
  await using server = await start(watching);
  const { lists, wrong } = (await (await server.get("/told")).json()) as { lists: string[]; wrong: string[] };
  expect(lists).toEqual(["note", "fail", "replace", "stopping"]);
  expect(wrong).toEqual(Array(2).fill("callback must be callable, value of type str found"));
});

for (const [signal, reason] of [
  ["SIGTERM", "shutdown_signal"],
  ["SIGUSR1", "graceful_signal"],
] as const) {
  test(`the end of a process is told both kinds of subscribers, for ${signal} as ${reason}`, async () => {
    using home = folder();
    const path = join(shared(home.path, "place"), "stopped");
    await using server = await start(watching, [], { env: { MALT_TEST_STOPPED: path } });
    process.kill(server.processes().workers[0] ?? 0, signal);
    const lines = [`event ${reason}`, `shutdown process_stopping ${reason}`, ""];
    await until("both to be told", () => existing(path).split("\n").length >= lines.length);
    expect(existing(path).split("\n").toSorted()).toEqual(lines.toSorted());
  });
}

function existing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
