import { expect, test } from "bun:test";
import { createSlots } from "../../lib/handlers/wsgi/slots.ts";
import type { Common } from "../../lib/http/exchange.ts";

const common = (): Common => ({ uses: 0, environ: "", target: "", mapped: "", pairs: "" });

test("a slot is found again until it is given to another", () => {
  const slots = createSlots(2);
  const [a, b, c] = [common(), common(), common()];
  expect(slots.find(a)).toBe(0);
  expect([slots.assign(a), slots.assign(b)]).toEqual([1, 2]);
  expect([slots.find(a), slots.find(b)]).toEqual([1, 2]);
  expect(slots.assign(c)).toBe(1);
  expect([slots.find(a), slots.find(b), slots.find(c)]).toEqual([0, 2, 1]);
});

test("a worker that keeps nothing gets no slots", () => {
  const slots = createSlots(0);
  const only = common();
  expect([slots.assign(only), slots.find(only)]).toEqual([0, 0]);
});
