import { expect, test } from "bun:test";
import { belongs, blockBytes, piece } from "../../scripts/bench/pattern.ts";

test("byte number i of a body is i % 251, wherever a piece begins", () => {
  for (const position of [0, 1, 250, 251, blockBytes, 2 ** 30 - 3]) {
    const bytes = piece(position, 600);
    expect(bytes.length).toBe(600);
    expect([...bytes]).toEqual(Array.from({ length: 600 }, (_, index) => (position + index) % 251));
  }
});

test("a piece is never longer than a block, so that a client needs no more", () => {
  expect(piece(5, 2 ** 30).length).toBe(blockBytes);
  expect(piece(5, 0).length).toBe(0);
});

test("bytes belong where they were made for, also over several blocks, and nowhere near", () => {
  const body = Buffer.concat([piece(7, blockBytes), piece(7 + blockBytes, blockBytes), piece(7 + 2 * blockBytes, 10)]);
  expect(belongs(body, 7)).toBe(true);
  expect(belongs(body, 7 + 251)).toBe(true);
  for (const distance of [1, 250, 512, 4096, blockBytes]) expect(belongs(body, 7 + distance)).toBe(false);
  body[2 * blockBytes + 9]! ^= 1;
  expect(belongs(body, 7)).toBe(false);
});
