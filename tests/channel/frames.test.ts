import { describe, expect, test } from "bun:test";
import { createFrameDecoder } from "../../lib/channel/decoder.ts";
import { FrameEncoder } from "../../lib/channel/encoder.ts";
import { FromWorker, HEADER_BYTES, MAX_PAYLOAD_BYTES, ToWorker } from "../../lib/channel/frames.ts";
import { random } from "../support/random.ts";
import vectors from "../worker/vectors.json";

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: string;
}

function decode(pieces: readonly Buffer[]): { frames: Frame[]; sound: boolean } {
  const frames: Frame[] = [];
  const decoder = createFrameDecoder((type, flags, _aux, id, bytes, start, end) => {
    frames.push({ type, flags, id, payload: bytes.toString("latin1", start, end) });
  });
  const sound = pieces.every((piece) => decoder.feed(piece));
  return { frames, sound };
}

function encode(frames: readonly Frame[]): Buffer {
  const encoder = new FrameEncoder();
  for (const { type, flags, id, payload } of frames) {
    encoder.bytes(type, flags, id, payload === "" ? null : Buffer.from(payload, "latin1"));
  }
  return Buffer.from(encoder.pending());
}

function someFrames(seed: number, count: number, maxBytes: number): Frame[] {
  const dice = random(seed);
  return Array.from({ length: count }, () => ({
    type: 1 + dice(23),
    flags: dice(4),
    id: dice(0xffffffff),
    payload: String.fromCharCode(dice(256)).repeat(dice(maxBytes)),
  }));
}

describe("frames", () => {
  test("come out as they went in, cut at every byte", () => {
    const frames = someFrames(1, 12, 40);
    const bytes = encode(frames);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(decode([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual({ frames, sound: true });
    }
  });

  test("come out as they went in, cut at random", () => {
    for (let seed = 2; seed < 30; seed++) {
      const frames = someFrames(seed, 40, 3000);
      const bytes = encode(frames);
      const dice = random(seed);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const size = 1 + dice(5000);
        pieces.push(bytes.subarray(at, at + size));
        at += size;
      }
      expect(decode(pieces)).toEqual({ frames, sound: true });
    }
  });

  test("longer than allowed end the connection", () => {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAX_PAYLOAD_BYTES + 1);
    expect(decode([header]).sound).toBe(false);
  });
});

describe("the vectors that both languages share", () => {
  for (const { name, type, flags, aux, id, payload, bytes } of vectors) {
    test(`${name}: is read as it says`, () => {
      const seen: unknown[] = [];
      const decoder = createFrameDecoder((...[kind, set, extra, number, buffer, start, end]) => {
        seen.push([kind, set, extra, number, buffer.toString("hex", start, end)]);
      });
      expect(decoder.feed(Buffer.from(bytes, "hex"))).toBe(true);
      expect(seen).toEqual([[type, flags, aux, id, payload]]);
    });

    test(`${name}: is written byte for byte`, () => {
      const encoder = new FrameEncoder();
      const raw = Buffer.from(payload, "hex");
      if (type === ToWorker.DEFINE) encoder.define(type, aux, raw.toString("latin1"));
      else if (type === ToWorker.REQUEST || type === FromWorker.RESPONSE) {
        const textEnd = 4 + raw.readUInt32LE(0);
        encoder.text(type, flags, aux, id, raw.toString("latin1", 4, textEnd), raw.subarray(textEnd));
      } else if (type === ToWorker.GRANT) encoder.number(type, flags, id, raw.readUInt32LE(0));
      else encoder.bytes(type, flags, id, raw.length === 0 ? null : raw);
      expect(encoder.pending().toString("hex")).toBe(bytes);
    });
  }
});

describe("the encoder", () => {
  test("writes a text frame as length, text and body", () => {
    const encoder = new FrameEncoder();
    encoder.text(1, 1, 0, 7, "A\0caf\xe9", Buffer.from("body"));
    const { frames } = decode([Buffer.from(encoder.pending())]);
    expect(frames).toEqual([{ type: 1, flags: 1, id: 7, payload: "\x06\0\0\0A\0caf\xe9body" }]);
  });

  test("keeps what a partial write left, in order", () => {
    const frames = someFrames(5, 100, 2000);
    const encoder = new FrameEncoder();
    const out: Buffer[] = [];
    const dice = random(9);
    for (const { type, flags, id, payload } of frames) {
      encoder.bytes(type, flags, id, Buffer.from(payload, "latin1"));
      const count = Math.min(encoder.size, dice(2500));
      out.push(Buffer.from(encoder.pending().subarray(0, count)));
      encoder.sent(count);
    }
    out.push(Buffer.from(encoder.pending()));
    encoder.sent(encoder.size);
    expect(decode(out).frames).toEqual(frames);
    expect(encoder.size).toBe(0);
  });
});
