/** So many at a time, first come, first served. */

import { expect, test } from "bun:test";
import { createTurns } from "../../lib/supervisor/turns.ts";

test("as many run as may, the others follow in order, also after a failure", async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const taken = [0, 1, 2, 3].map((number) => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return turns.take(async () => {
      begun.push(number);
      await end.promise;
    });
  });
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error("failed"));
  expect(await taken[1]?.catch(String)).toBe("Error: failed");
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.resolve();
  ends[2]?.resolve();
  await Promise.all([taken[0], taken[2]]);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[3]?.resolve();
  await taken[3];
});
