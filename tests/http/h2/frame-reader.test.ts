/** Frames are found however they are cut. */

import { expect, test } from "bun:test";
import { FrameReader } from "../../../lib/http/h2/frame-reader.ts";
import { ErrorCode, frame } from "../../../lib/http/h2/frames.ts";
import { random } from "../../support/random.ts";

/** What a reader finds in `pieces`. */
function read(pieces: readonly Buffer[]): string[] {
  const found: string[] = [];
  const reader = new FrameReader((type, flags, id, payload) => {
    found.push(`${type} ${flags} ${id} ${payload.toString("hex")}`);
    return null;
  });
  for (const piece of pieces) expect(reader.feed(Buffer.from(piece))).toBeNull();
  return found;
}

const sample = Buffer.concat([
  frame(4, 0, 0, Buffer.alloc(0)),
  frame(1, 5, 1, Buffer.from("abc")),
  frame(0, 1, 2 ** 31 - 1, Buffer.alloc(300, 7)),
  frame(99, 255, 3, Buffer.from("x")),
]);

test("cut in two at every byte, and byte by byte", () => {
  const whole = read([sample]);
  expect(whole).toHaveLength(4);
  for (let at = 1; at < sample.length; at++) expect(read([sample.subarray(0, at), sample.subarray(at)])).toEqual(whole);
  expect(read(Array.from(sample, (byte) => Buffer.from([byte])))).toEqual(whole);
});

test("cut anywhere, many times", () => {
  const dice = random(1);
  for (let round = 0; round < 300; round++) {
    const frames = Array.from({ length: 1 + dice(6) }, () =>
      frame(dice(256), dice(256), dice(2 ** 31), Buffer.alloc(dice(4) === 0 ? dice(16_385) : dice(20), dice(256))),
    );
    const bytes = Buffer.concat(frames);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + 1 + dice(dice(3) === 0 ? 20_000 : 30));
      pieces.push(bytes.subarray(at, end));
      at = end;
    }
    expect(read(pieces)).toEqual(read([bytes]));
  }
});

test("the reserved bit is not part of a stream's number", () => {
  const bytes = frame(1, 0, 5, Buffer.alloc(0));
  bytes[5] = 0x80;
  expect(read([bytes])).toEqual(["1 0 5 "]);
});

test.each([[[0x00, 0x40, 0x01]], [[0xff, 0xff, 0xff]]])(
  "a frame that says to be larger is refused by its first bytes",
  (length) => {
    for (const cut of [1, 5, 9]) {
      const reader = new FrameReader(() => null);
      const bytes = Buffer.from([...length, 0, 0, 0, 0, 0, 1]);
      const first = reader.feed(bytes.subarray(0, cut));
      const fault = first ?? reader.feed(bytes.subarray(cut));
      expect(fault?.code).toBe(ErrorCode.FRAME_SIZE_ERROR);
    }
  },
);

test("what the sink returns ends the reading", () => {
  let count = 0;
  const fault = { code: 1, why: "enough" };
  const reader = new FrameReader(() => (++count === 2 ? fault : null));
  expect(reader.feed(sample)).toBe(fault);
  expect(count).toBe(2);
});
