/** Lines that outlive their writer: whatever it had sent when it died, what is found is exactly the rest. */

import { expect, test } from "bun:test";
import { LineBuffer } from "../../lib/logs/line-buffer.ts";
import { lineAreas, SHARED_LINES_BYTES, unsentLines, type ReadAt } from "../../lib/logs/shared-lines.ts";

interface Shared {
  readonly first: LineBuffer;
  readonly second: LineBuffer;
  readonly bytes: Uint8Array;
  readonly read: ReadAt;
}

function shared(): Shared {
  const memory = new ArrayBuffer(SHARED_LINES_BYTES);
  const bytes = new Uint8Array(memory);
  const [first, second] = lineAreas({ bytes: memory, forget: (from, to) => void bytes.fill(0, from, to) });
  return {
    first: new LineBuffer(first),
    second: new LineBuffer(second),
    bytes,
    read(into, position) {
      const found = bytes.subarray(position, position + into.length);
      into.set(found);
      return found.length;
    },
  };
}

function put(buffer: LineBuffer, ...lines: readonly string[]): void {
  for (const line of lines) {
    buffer.utf8(line);
    buffer.endLine();
  }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("what had not left is found, wherever the writer was when it died", () => {
  const { first, second, read } = shared();
  put(first, "a", "bé", "");
  second.startAt(first.end);
  put(second, "c", "dd");
  const all = Buffer.from("a\nbé\n\nc\ndd\n");
  for (let sent = 0; sent <= all.length; sent++) {
    expect(textOf(unsentLines(read, sent))).toBe(textOf(all.subarray(sent)));
  }
});

test("what has left and was cleared is not found again, and a line that has not ended is none", () => {
  const { first, second, read } = shared();
  put(first, "a");
  second.startAt(first.end);
  put(second, "b");
  first.clear();
  first.startAt(second.end);
  put(first, "c");
  second.latin1("half of one");
  expect(textOf(unsentLines(read, 2))).toBe("b\nc\n");
  first.latin1("half of another");
  expect(textOf(unsentLines(read, 4))).toBe("c\n");
  expect(textOf(unsentLines(read, 6))).toBe("");
});

test("of lines that no area has room for, those in the area are found, and nothing is put together over a gap", () => {
  const { first, second, read } = shared();
  const line = "x".repeat(1024 * 1024 - 1);
  put(first, ...Array.from({ length: 7 }, () => line));
  second.startAt(first.end);
  put(second, "behind the gap");
  const found = textOf(unsentLines(read, 0));
  expect(found.length).toBeGreaterThan(2 * 1024 * 1024);
  expect(new Set(found.trimEnd().split("\n"))).toEqual(new Set([line]));
  expect(first.length).toBe(7 * 1024 * 1024);
  first.clear();
  first.startAt(second.end);
  put(first, "as before");
  expect(textOf(unsentLines(read, 7 * 1024 * 1024))).toBe("behind the gap\nas before\n");
});

test("notes that make no sense are nothing, and memory that was cut short is read as far as it goes", () => {
  for (const [start, length] of [
    [0, Infinity],
    [0, NaN],
    [0, -1],
    [0, 1e12],
    [NaN, 1],
    [0.5, 1],
    [-1e300, 1],
  ] as const) {
    const { bytes, read } = shared();
    new Float64Array(bytes.buffer).set([start, length]);
    expect(unsentLines(read, 0)).toHaveLength(0);
  }
  const { first, bytes } = shared();
  put(first, "abc");
  const cut: ReadAt = (into, position) => {
    const found = bytes.subarray(position, Math.min(position + into.length, 4096 + 2));
    into.set(found);
    return found.length;
  };
  expect(textOf(unsentLines(cut, 0))).toBe("ab");
});
