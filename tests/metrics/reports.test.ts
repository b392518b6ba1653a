/** Asking: once at a time, never for ever, and of whom it concerns. */

import { expect, test } from "bun:test";
import { createReports } from "../../lib/frontend/reports.ts";
import type { Report } from "../../lib/metrics/report.ts";
import { createHistory, reasonOf } from "../../lib/supervisor/history.ts";
import { createQuestions } from "../../lib/supervisor/questions.ts";
import { parseWorkerMessage } from "../../lib/supervisor/worker-message.ts";
import { noSigns } from "../../lib/supervisor/worker-signs.ts";

/** Of a report only its identity matters here. */
const report = (pid: number) => ({ pid }) as Report;

test("however many ask, one report is made at a time, and each asker gets one that was begun after the question", async () => {
  let wanted = 0;
  const reports = createReports(() => wanted++);
  const first = reports.ask();
  const second = reports.ask();
  const third = reports.ask();
  expect(wanted).toBe(1);
  reports.heard(report(1));
  expect(wanted).toBe(2);
  const fourth = reports.ask();
  reports.heard(report(2));
  reports.heard(report(3));
  const pids = (await Promise.all([first, second, third, fourth])).map(({ pid }) => pid);
  expect(pids).toEqual([1, 2, 2, 3]);
  expect(wanted).toBe(3);
  void reports.ask();
  expect(wanted).toBe(4);
});

test("questions get their own answers, null when there is none in time, or nobody to give it", async () => {
  const questions = createQuestions<string>();
  const asked: number[] = [];
  const ask = (withinMs: number) => questions.ask((query) => asked.push(query), withinMs);
  const [first, second, late, last] = [ask(10_000), ask(10_000), ask(1), ask(10_000)];
  questions.answered(asked[1] ?? 0, "two");
  questions.answered(asked[0] ?? 0, "one");
  questions.answered(99, "nobody's");
  expect([await first, await second, await late]).toEqual(["one", "two", null]);
  questions.answered(asked[2] ?? 0, "too late");
  questions.close();
  expect(await last).toBeNull();
  expect(await ask(10_000)).toBeNull();
});

test("the history counts every end, and remembers the last ones", () => {
  const history = createHistory();
  for (let pid = 1; pid <= 25; pid++) {
    const reason = pid % 2 === 0 ? "died" : "maximum_requests";
    history.note({ pid, reason, why: "", livedMs: 1 }, { ...noSigns, served: 2, cpuMs: 10 });
  }
  expect(history.ends).toEqual({ died: 12, maximum_requests: 13 });
  expect([history.requests, history.cpuMs]).toEqual([50, 250]);
  expect(history.recent.map(({ pid }) => pid)).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index));
});

test.each([
  [true, false, "request_timeout", "request_timeout"],
  [false, false, "deadlock_timeout", "deadlock_timeout"],
  [false, false, "", "died"],
  [true, false, "", "other"],
  [true, true, "", "load_failed"],
])("the reason for an end: expected %p, unfit %p, said %p: %s", (expected, unfit, said, reason) => {
  expect(reasonOf(expected, unfit, said)).toBe(reason);
});

const thread = { number: 1, served: 3, sentBytes: 5, idleMs: 4, request: null };
const request = { what: "GET /", runningMs: 5, client: "", host: "" };
const stack = { thread: null, name: "MainThread", frames: ["file"] };

test("descriptions of workers are taken as they are meant", () => {
  const message = {
    kind: "description",
    query: 1,
    threads: [thread, { ...thread, idleMs: null, request }],
    stacks: [stack],
  };
  expect(parseWorkerMessage(JSON.stringify(message))).toEqual(message as never);
  expect(parseWorkerMessage('{"kind":"metrics-wanted","query":4}')).toEqual({ kind: "metrics-wanted", query: 4 });
});

test.each([
  { query: "1" },
  { threads: {} },
  { threads: [null] },
  { threads: [{ ...thread, served: null }] },
  { threads: [{ ...thread, request: {} }] },
  { threads: [{ ...thread, request: { ...request, what: 1 } }] },
  { stacks: null },
  { stacks: [{ ...stack, frames: [1] }] },
  { stacks: [{ ...stack, thread: "1" }] },
])("and refused when they are wrong: %j", (wrong) => {
  const message = { kind: "description", query: 1, threads: [thread], stacks: [stack], ...wrong };
  expect(parseWorkerMessage(JSON.stringify(message))).toBeUndefined();
});
