/** What of a request's body waits: in order, whole, and at little cost however small the pieces are. */

import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { H1RequestBody } from "../../../lib/http/h1/body.ts";
import { random } from "../../support/random.ts";

const nobody = { bodyWanted: () => undefined, bodyArrived: () => undefined };

function objects(): number {
  Bun.gc(true);
  return heapStats().objectCount;
}

test("bytes that come one by one, in chunks or by themselves, are not an object each while they wait", () => {
  const count = 100_000;
  const bodies = [new H1RequestBody(-1, false, nobody), new H1RequestBody(2 * count, false, nobody)];
  const before = objects();
  bodies[0]?.feed(Buffer.from("1\r\nx\r\n".repeat(count)), 0);
  for (let fed = 0; fed < count; fed++) bodies[1]?.feed(Buffer.from("x"), 0);
  expect(objects() - before).toBeLessThan(count / 10);
  expect(bodies.map(({ received }) => received)).toEqual([count, count]);
});

test("pieces of any size come out as they went in, taken or pulled", () => {
  const below = random(11);
  for (let round = 0; round < 50; round++) {
    const pieces = Array.from({ length: 1 + below(40) }, () => {
      return Buffer.alloc(1 + below(below(2) === 0 ? 8 : 9000)).map(() => below(256));
    });
    const whole = Buffer.concat(pieces);
    const pulled: Buffer[] = [];
    let last = false;
    const listener = {
      bodyWanted: () => undefined,
      bodyArrived(bytes: Buffer, ends: boolean): void {
        pulled.push(Buffer.from(bytes));
        last = ends;
      },
    };
    const taken = new H1RequestBody(whole.length, false, nobody);
    const asked = new H1RequestBody(whole.length, false, listener);
    for (const piece of pieces) {
      taken.feed(Buffer.from(piece), 0);
      asked.feed(Buffer.from(piece), 0);
      if (below(3) === 0) asked.pull(below(5000));
    }
    expect(taken.take().equals(whole)).toBe(true);
    asked.pull(whole.length);
    expect(last).toBe(true);
    expect(Buffer.concat(pulled).equals(whole)).toBe(true);
  }
});
