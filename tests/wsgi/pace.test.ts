import { expect, test } from "bun:test";
import { createPace } from "../../lib/handlers/wsgi/pace.ts";

function pace(): { clock: { us: number }; pace: ReturnType<typeof createPace> } {
  const clock = { us: 0 };
  return { clock, pace: createPace(() => clock.us) };
}

const cases: [name: string, perRequestUs: number, ahead: number][] = [
  ["requests of ten microseconds are sent ahead up to the limit", 10, 32],
  ["requests of a tenth of a millisecond fill the budget of one millisecond", 100, 10],
  ["requests of ten milliseconds are never sent ahead", 10_000, 0],
];

for (const [name, perRequestUs, ahead] of cases) {
  test(name, () => {
    const { clock, pace: worker } = pace();
    worker.begin();
    for (let i = 0; i < 50; i++) {
      clock.us += 4 * perRequestUs;
      worker.finished(4);
    }
    expect(worker.ahead()).toBe(ahead);
  });
}

test("nothing is sent ahead before anything is known", () => {
  expect(pace().pace.ahead()).toBe(0);
});

test("time without work does not count", () => {
  const { clock, pace: worker } = pace();
  for (let i = 0; i < 20; i++) {
    clock.us += 5_000_000;
    worker.begin();
    clock.us += 50;
    worker.finished(1);
  }
  expect(worker.ahead()).toBe(20);
});

test("after a request came back nothing is sent ahead for a while", () => {
  const { clock, pace: worker } = pace();
  worker.begin();
  clock.us += 10;
  worker.finished(1);
  expect(worker.ahead()).toBeGreaterThan(0);
  worker.returned();
  clock.us += 10;
  worker.finished(1);
  expect(worker.ahead()).toBe(0);
  clock.us += 200_000;
  expect(worker.ahead()).toBeGreaterThan(0);
});
