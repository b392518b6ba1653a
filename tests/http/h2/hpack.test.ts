/** HPACK: the examples of RFC 7541, what is malformed, and round trips with a seed. */

import { describe, expect, test } from "bun:test";
import type { Field } from "../../../lib/http/exchange.ts";
import { HpackDecoder } from "../../../lib/http/h2/hpack/decoder.ts";
import { encodeField } from "../../../lib/http/h2/hpack/encoder.ts";
import { huffmanDecode, huffmanEncode } from "../../../lib/http/h2/hpack/huffman.ts";
import { random } from "../../support/random.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const COMMON: Field[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "www.example.com"],
];
const CUSTOM: Field[] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":path", "/index.html"],
  [":authority", "www.example.com"],
  ["custom-key", "custom-value"],
];

describe("requests of one connection (RFC 7541, appendix C)", () => {
  test.each([
    [
      "C.3, as they are",
      ["828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865"],
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ],
    [
      "C.4, Huffman coded",
      ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"],
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ],
  ])("%s", (_name, [first = "", second = ""], third) => {
    const decoder = new HpackDecoder(10_000);
    expect(decoder.decode(hex(first))).toEqual(COMMON);
    expect(decoder.decode(hex(second))).toEqual([...COMMON, ["cache-control", "no-cache"]]);
    expect(decoder.decode(hex(third))).toEqual(CUSTOM);
  });
});

test("a table that is too small forgets the oldest (C.6, 256 bytes)", () => {
  const decoder = new HpackDecoder(10_000);
  const size = "3fe101";
  const fields = decoder.decode(
    hex(
      `${size}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
    ),
  );
  expect(fields).toEqual([
    [":status", "302"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ]);
  expect(decoder.decode(hex("4883640effc1c0bf"))).toEqual([
    [":status", "307"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ]);
  expect(
    decoder.decode(
      hex(
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
      ),
    ),
  ).toEqual([
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ]);
});

test.each([
  ["index 0", "80"],
  ["an index behind both tables", "be"],
  ["an index that is cut", "ff"],
  ["an index that never ends", "ffffffffffffffffff01"],
  ["a text longer than the block", "400a6162"],
  ["a text whose length is cut", "400161"],
  ["padding of eight bits", "40016182ffff"],
  ["padding with zeros", "4001618100"],
  ["the end-of-string symbol", "40016184fffffffc"],
  ["a table larger than was allowed", "3fe21f"],
  ["a size of the table behind a field", "8220"],
])("%s is malformed", (_name, block) => {
  expect(new HpackDecoder(10_000).decode(hex(block))).toBe("malformed");
});

test("a list larger than what is taken is not decoded to its end, however small its block is", () => {
  const decoder = new HpackDecoder(50_000);
  expect(decoder.decode(Buffer.concat([hex("400161"), hex("7f8117"), Buffer.alloc(3072, 0x78)]))).toHaveLength(1);
  expect(decoder.decode(Buffer.alloc(10_000, 0xbe))).toBe("too large");
});

test("an entry larger than the table empties it", () => {
  const decoder = new HpackDecoder(50_000);
  decoder.decode(hex("40016101 62"));
  expect(decoder.decode(hex("be"))).toEqual([["a", "b"]]);
  decoder.decode(Buffer.concat([hex("400161"), hex("7f811f"), Buffer.alloc(0x7f + 1 + 0x1f * 128, 0x78)]));
  expect(decoder.decode(hex("be"))).toBe("malformed");
});

test("the count of changes stays only when a block means the same again", () => {
  const decoder = new HpackDecoder(50_000);
  const before = decoder.changes;
  decoder.decode(hex("828684"));
  expect(decoder.changes).toBe(before);
  decoder.decode(hex("4001610162"));
  expect(decoder.changes).toBeGreaterThan(before);
});

test("every byte survives both forms of text", () => {
  const dice = random(7541);
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: dice(60) }, () => String.fromCharCode(dice(256))).join("");
    const packed = huffmanEncode(text);
    const out = Buffer.alloc(packed.length * 2 + 8);
    expect(out.latin1Slice(0, huffmanDecode(packed, 0, packed.length, out))).toBe(text);
    expect(new HpackDecoder(10_000).decode(encodeField(`x-${round}`, text))).toEqual([[`x-${round}`, text]]);
  }
});

test("whatever bytes come, the decoder gives fields or says why not", () => {
  const dice = random(9113);
  for (let round = 0; round < 20_000; round++) {
    const decoder = new HpackDecoder(4000);
    for (let block = 0; block < 3; block++) {
      const found = decoder.decode(Buffer.from(Array.from({ length: dice(40) }, () => dice(256))));
      if (typeof found === "string") break;
      for (const [name, value] of found) expect(typeof name + typeof value).toBe("stringstring");
    }
  }
});
